"""Verification: production code against results known exactly, one file a result or family.

Every check sets the model up so that a textbook model is all that is left of it, lets the production code
run and compares. What is set to what, and why that *is* the textbook's model, stands in the check itself and
is printed beside its result. Nothing here repeats a kernel: theory is worked out on its own, from a formula.
"""
