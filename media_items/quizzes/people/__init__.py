"""What a quiz keeps about people: shown to them, exported, erased, read in the administration."""
