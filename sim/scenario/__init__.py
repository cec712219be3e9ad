"""Scenario files: their schema, reading, naming and starter; see ``reading.load``."""
