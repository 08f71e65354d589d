"""Reactions and polls."""
