"""Statistics of studies: tables of runs in, tables of contrasts, indices, effects, boxes and fronts out.

Seeds are common to all points and arms, so seeds are the independent units: whatever is averaged over points
is averaged within a seed first. Every result is 示意性，未经校准 / illustrative, uncalibrated.
"""
