"""The views of the playback room, one module per thing a browser asks for."""
