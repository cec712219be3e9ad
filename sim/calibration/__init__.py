"""Calibration: history matching, then ABC-SMC, over whatever runs the model.

Everything here is a deterministic function of what is to be calibrated, a seed and the results of runs. Runs
are asked for in waves; done again with the same answers, a calibration takes the same course to the last bit.
"""
