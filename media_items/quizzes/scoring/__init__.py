"""Marks: pure functions of a question and a response. They ask no database and know no attempt."""
