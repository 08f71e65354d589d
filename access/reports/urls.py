"""Addresses of the sessions of an item and of the report of each."""

from django.urls import path

from access.reports.views import contributions, exports, report, sessions, writing

_SESSIONS = "media/<slug:public_id>/sessions/"
_ONE = f"{_SESSIONS}<slug:session_id>/"

urlpatterns = [
    path(_SESSIONS, sessions.sessions, name="sessions"),
    path(_ONE, report.session_report, name="session_report"),
    path(f"{_ONE}chat/", contributions.session_chat, name="session_chat"),
    path(f"{_ONE}questions/", contributions.session_questions, name="session_questions"),
    path(f"{_ONE}polls/", contributions.session_polls, name="session_polls"),
    path(f"{_ONE}attendance.<slug:form>", exports.session_export, name="session_export"),
    path(f"{_ONE}chat.<slug:form>", exports.session_chat_export, name="session_chat_export"),
    path(
        f"{_ONE}questions.<slug:form>",
        exports.session_questions_export,
        name="session_questions_export",
    ),
    path(f"{_ONE}write/", writing.write_to_missed, name="write_to_missed"),
]
