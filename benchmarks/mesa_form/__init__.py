"""The same model with residents as mesa agents: slow, readable, written apart from the kernels.

Residents are objects with attributes, and do their share of the week one after another, asking their
neighbours through references to them. Institutions, cases and policies run as in the model itself, so that a
ratio of the two is too small rather than too large. The tests hold the kernels to what is written here.
"""
