"""Brings the models of quizzes together for Django."""

from media_items.quizzes.models.answers import Answer, AnswerEvent
from media_items.quizzes.models.attempts import Attempt
from media_items.quizzes.models.certificates import Certificate
from media_items.quizzes.models.exemptions import Exemption
from media_items.quizzes.models.imports import ImportBatch, ImportFile, ImportPicture
from media_items.quizzes.models.mailings import ResultsMailing
from media_items.quizzes.models.questions import Question, QuestionOption, QuestionPicture
from media_items.quizzes.models.quizzes import Quiz, QuizVersion
from media_items.quizzes.models.takers import SpentAttempts, Taker, TakerKey
from media_items.quizzes.models.trail import QuizChange, Regrade

__all__ = [
    "Answer",
    "AnswerEvent",
    "Attempt",
    "Certificate",
    "Exemption",
    "ImportBatch",
    "ImportFile",
    "ImportPicture",
    "Question",
    "QuestionOption",
    "QuestionPicture",
    "Quiz",
    "QuizChange",
    "QuizVersion",
    "Regrade",
    "ResultsMailing",
    "SpentAttempts",
    "Taker",
    "TakerKey",
]
