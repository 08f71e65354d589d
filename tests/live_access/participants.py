"""The Participants tab and what is done there."""


def words(world):
    return {"participant_id": world.participants["waiting"].pk}


# fmt: off
TABLE = """
media_items:participants         GET  200 200 200 200 200 200 302 302 302 404 404
media_items:participants         POST 405
media_items:knock                GET  200 200 200 403 403 403 403 403 403 404 404
media_items:knock                POST 405
media_items:hand                 GET  200 200 200 200 200 200 302 302 302 404 404
media_items:hand                 POST 405
media_items:raise_hand           GET  405
media_items:raise_hand           POST 302 302 302 302 302 302 302 302 302 404 404
media_items:lower_hand           GET  405
media_items:lower_hand           POST 302 302 302 302 302 302 302 302 302 404 404
media_items:lower_hand_of        GET  405
media_items:lower_hand_of        POST 302 302 302 403 403 403 403 403 403 404 404
media_items:lower_all_hands      GET  405
media_items:lower_all_hands      POST 302 302 302 403 403 403 403 403 403 404 404
media_items:admit_participant    GET  405
media_items:admit_participant    POST 302 302 302 403 403 403 403 403 403 404 404
media_items:decline_participant  GET  405
media_items:decline_participant  POST 302 302 302 403 403 403 403 403 403 404 404
media_items:admit_all            GET  405
media_items:admit_all            POST 302 302 302 403 403 403 403 403 403 404 404
media_items:decline_all          GET  405
media_items:decline_all          POST 302 302 302 403 403 403 403 403 403 404 404
"""
# fmt: on
