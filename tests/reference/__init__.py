"""Slow, readable models of what the kernels do, written apart from them; plain Python, no compiled code.

What residents do is in ``benchmarks/mesa_form``, where the same lines also show what the model would cost
in Mesa. Only :mod:`reference.bench` touches the production kernels: it sets them up without a community
around them.
"""
