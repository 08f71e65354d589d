"""Grading: marks by hand, regrading, certificates."""
