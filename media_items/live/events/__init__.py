"""The event stream: small facts on a bus, carried to browsers by a small ASGI application."""
