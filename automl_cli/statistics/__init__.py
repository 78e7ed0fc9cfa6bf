"""Hypothesis tests: which effects, and which differences, are more than chance.

Numbers come from statsmodels; what is here decides what is tested, and says what it means.
"""
