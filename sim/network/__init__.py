"""Ties between residents, in layers."""
