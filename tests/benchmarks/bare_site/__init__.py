"""A Django site as `startproject` makes it, with one page: what Foyer's pages are compared to."""
