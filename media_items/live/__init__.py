"""Live sessions of a live event or a room, and all that happens in one. From the ground up:

events/        the event stream: facts, bus, tickets, the small ASGI application
sessions/      the session: opened, locked, ended; who comes in, who waits, who is there
page/          its page, put together from what the rooms hand in
participants/  the Participants tab, hands
chat/          chat and backchannel
qna/           Q&A
interactions/  reactions and polls
stage/         picture and sound of a room
broadcast/     picture and sound of a live event
wiring.py      what the rooms hand to those they stand on
process.py     the process with the event stream, and the upkeep in it
"""
