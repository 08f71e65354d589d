"""Forms of marking and regrading."""
