"""What a kind of quiz sets. A preset opens into the switches, which may be changed one by one."""

from __future__ import annotations

from typing import Any

from media_items.quizzes.choices import KeptScore, Preset, ShownWhen

# Of these the preset says the value; all other settings stay as they are.
_SWITCHES: dict[str, Any] = {
    "is_scored": True,
    "attempts_allowed": None,
    "kept_score": KeptScore.BEST,
    "shuffle_questions": False,
    "shuffle_options": True,
    "one_at_a_time": False,
    "may_go_back": True,
    "score_when": ShownWhen.HANDED_IN,
    "feedback_when": ShownWhen.HANDED_IN,
    "answers_when": ShownWhen.HANDED_IN,
    "time_limit_minutes": None,
}

PRESETS: dict[Preset, dict[str, Any]] = {
    # As often as one likes, told after each question.
    Preset.PRACTICE: _SWITCHES
    | {"feedback_when": ShownWhen.AT_ONCE, "answers_when": ShownWhen.AT_ONCE},
    # Twice, the better one counts; right answers after the second.
    Preset.CHECK: _SWITCHES | {"attempts_allowed": 2, "answers_when": ShownWhen.LAST_ATTEMPT},
    # Once, with a time limit; what was right after the quiz has closed.
    Preset.TEST: _SWITCHES
    | {
        "attempts_allowed": 1,
        "shuffle_questions": True,
        "score_when": ShownWhen.CLOSED,
        "feedback_when": ShownWhen.CLOSED,
        "answers_when": ShownWhen.CLOSED,
        "time_limit_minutes": 60,
    },
    # No score, nothing right or wrong.
    Preset.SURVEY: _SWITCHES
    | {
        "is_scored": False,
        "attempts_allowed": 1,
        "shuffle_options": False,
        "score_when": ShownWhen.NEVER,
        "feedback_when": ShownWhen.NEVER,
        "answers_when": ShownWhen.NEVER,
    },
}
