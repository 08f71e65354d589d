"""The session itself."""

TYPED = {
    "media_items:live_settings": {"early_entrance_minutes": 10, "stage_access": "everyone"},
    "media_items:stage_access": {"access": "invite_only"},
}

# fmt: off
TABLE = """
media_items:session            GET  302 302 302 302 302 302 200 200 200 404 404
media_items:session            POST 405
media_items:enter_session      GET  405
media_items:enter_session      POST 302 302 302 302 302 302 302 302 302 404 404
media_items:leave_session      GET  405
media_items:leave_session      POST 302 302 302 302 302 302 302 302 302 404 404
media_items:left_session       GET  200 200 200 200 200 200 302 200 302 404 404
media_items:left_session       POST 405
media_items:session_heartbeat  GET  405
media_items:session_heartbeat  POST 204 204 204 204 204 204 204 204 204 404 404
media_items:session_here       GET  200 200 200 200 200 200 200 200 200 404 404
media_items:session_here       POST 405
media_items:session_top        GET  200 200 200 200 200 200 204 204 204 404 404
media_items:session_top        POST 405
media_items:open_session       GET  200 200 200 403 403 403 403 403 403 404 404
media_items:open_session       POST 302 302 302 403 403 403 403 403 403 404 404
media_items:end_session        GET  200 200 200 403 403 403 403 403 403 404 404
media_items:end_session        POST 302 302 302 403 403 403 403 403 403 404 404
media_items:lock_session       GET  405
media_items:lock_session       POST 302 302 302 403 403 403 403 403 403 404 404
media_items:unlock_session     GET  405
media_items:unlock_session     POST 302 302 302 403 403 403 403 403 403 404 404
media_items:live_settings      GET  200 200 403 403 403 403 403 403 403 404 404
media_items:live_settings      POST 302 302 403 403 403 403 403 403 403 404 404
media_items:stage_access       GET  200 200 200 403 403 403 403 403 403 404 404
media_items:stage_access       POST 302 302 302 403 403 403 403 403 403 404 404
"""
# fmt: on
