"""The sitting itself: its states, its page, and who comes in."""
