"""Picture and sound of a live event: recorder chunks in, HLS out, a recording afterwards.

services.py    starting, taking chunks, pausing, stopping
containers.py  what a recorder's bytes are, and where one may begin to read them
folders.py     where all of it lies on disk
feeder.py      the one process that brings chunks to ffmpeg; encoder.py is one ffmpeg
pictures.py    what a viewer is told of the picture, and who may watch it
recording.py   the video made of it afterwards
Why so: docs/adr/0012.
"""
