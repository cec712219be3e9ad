"""Policies, parameters, outcomes, scenarios and conditions explained, from what the code declares."""
