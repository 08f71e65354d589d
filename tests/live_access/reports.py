"""The report of a session: for those who see the register, whether they came or not."""


def words(world):
    return {"session_id": world.session.public_id, "form": "csv"}


# fmt: off
TABLE = """
access:sessions                   GET  200 200 403 403 403 403 403 403 403 404 404
access:sessions                   POST 405
access:session_report             GET  200 200 403 403 403 403 403 403 403 404 404
access:session_report             POST 405
access:session_chat               GET  200 200 403 403 403 403 403 403 403 404 404
access:session_chat               POST 405
access:session_questions          GET  200 200 403 403 403 403 403 403 403 404 404
access:session_questions          POST 405
access:session_polls              GET  200 200 403 403 403 403 403 403 403 404 404
access:session_polls              POST 405
access:session_export             GET  200 200 403 403 403 403 403 403 403 404 404
access:session_export             POST 405
access:session_chat_export        GET  200 200 403 403 403 403 403 403 403 404 404
access:session_chat_export        POST 405
access:session_questions_export   GET  200 200 403 403 403 403 403 403 403 404 404
access:session_questions_export   POST 405
access:write_to_missed            GET  200 200 403 403 403 403 403 403 403 404 404
access:write_to_missed            POST 422 422 403 403 403 403 403 403 403 404 404
"""
# fmt: on
