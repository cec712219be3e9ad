"""Figures and the written report of a study: designs, sensitivity, discovery, calibration, optimisation."""
