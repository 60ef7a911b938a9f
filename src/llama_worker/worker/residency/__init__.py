"""Which models are in memory: what is ended for want of use or to make room, and what waits for room."""
