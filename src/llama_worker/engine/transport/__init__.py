"""HTTP/1.1 as an engine speaks it: one request on a connection of its own, over its Unix socket or loopback."""
