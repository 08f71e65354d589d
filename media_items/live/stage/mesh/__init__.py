"""The mesh: browsers connected to each other; how they find each other is its own matter."""
