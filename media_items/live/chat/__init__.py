"""Chat, and the backchannel, which only speakers, moderators and hosts can read."""
