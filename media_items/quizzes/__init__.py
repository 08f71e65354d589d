"""Quizzes: questions, attempts, marks, results."""
