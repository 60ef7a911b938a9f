"""The worker's end of a port: requests come in, each is answered once."""
