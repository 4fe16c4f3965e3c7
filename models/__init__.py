"""Change risk: how likely a change brings a bug, why, and what would lower that.

What scores (features, ranks, served, cold_start, calibration, explanation, bands) is plain
Python. What trains and judges (own, baselines, evaluation, rolling, training, served.fitted)
needs the extra `ml`.
"""
