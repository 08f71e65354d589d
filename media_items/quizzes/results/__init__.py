"""Results: people, questions, exports, mails."""
