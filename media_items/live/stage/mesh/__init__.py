"""The mesh: browsers connected to each other, with the rows, forms and addresses by which they find
each other."""
