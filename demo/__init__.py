"""The demo: two courses and a channel with real media, people and guest links in every state."""
