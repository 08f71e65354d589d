"""What changes a quiz that is being written."""
