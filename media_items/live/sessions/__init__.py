"""Sessions and who is in them: states, coming in and going, what happens by the clock."""
