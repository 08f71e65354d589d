"""Writes of the interchange."""
