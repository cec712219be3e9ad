"""Policies: each changes mechanisms, costs something and can do harm."""
