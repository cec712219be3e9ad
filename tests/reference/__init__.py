"""Slow, readable models of what the kernels do, written apart from them; plain Python, no compiled code.

Only :mod:`reference.bench` touches the production kernels: it sets them up without a community around them.
"""
