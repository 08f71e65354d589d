"""Taking a quiz: who takes it, starting, answering, ending, and what may be shown of it."""
