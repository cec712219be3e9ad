"""Slow, readable models of what the kernels do, written apart from them; plain Python, no compiled code."""
