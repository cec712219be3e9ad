"""Figures and summaries."""
