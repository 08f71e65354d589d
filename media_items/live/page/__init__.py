"""The page of a session, and what other rooms hand in for it."""
