"""The classroom page's server: whole runs in worker processes, answers as recordings; see ``app.py``."""
