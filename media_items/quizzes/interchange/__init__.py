"""Interchange: question banks of other systems, read and written."""
