"""Pages of marking, regrading and certificates."""
