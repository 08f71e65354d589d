"""Writing a quiz: its questions, what its owner sets, and publishing a version."""
