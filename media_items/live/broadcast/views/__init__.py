"""What those who send do (sending), what everybody sees (watching), what is left (recordings)."""
