"""Picture and sound of a live event: recorder chunks in, HLS out, a recording afterwards.

services.py      starting, taking chunks, pausing, stopping
containers.py    what a recorder's bytes are, and where reading them may begin
folders.py       where all of it lies on disk
feeder.py        the one process that brings chunks to ffmpeg; channel.py is one broadcast in it,
                 encoder.py one ffmpeg
pictures.py      what a viewer is told of the picture, and who may watch it; player.py its page
recording.py     the video made of it afterwards; recordings.py what the host sees of that
housekeeping.py  tidying up
Why so: docs/adr/0012.
"""
