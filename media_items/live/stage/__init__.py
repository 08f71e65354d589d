"""Picture and sound of a room, behind one small interface with one engine for now: the mesh."""
