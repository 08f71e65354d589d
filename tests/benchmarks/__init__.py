"""`make bench`: how fast the hot paths are, as ratios to a bare Django view on the same server."""
