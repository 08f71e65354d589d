"""Live sessions: sittings of a live event or a room, and all that happens in one.

sessions/      the sitting: opened, locked, ended; its page; who comes in and who waits
people/        who is there: presence, the Participants tab, hands, admitting
talk/          chat and backchannel
questions/     Q&A
interactions/  reactions and polls
stage/         picture and sound of a room
broadcast/     picture and sound of a live event
events/        the event stream: facts, bus, tickets, the small ASGI application
"""
