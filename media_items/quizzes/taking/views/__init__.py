"""Views of taking: the attempt as a page, and what its scripts ask for."""
