"""Chat, and the backchannel that only those on and behind the stage can read."""
