"""The forms of a quiz that is being written."""
