"""Institutions: one mesa agent class a kind, state in columns a kind."""
