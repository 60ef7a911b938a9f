"""The HTTP server around the app: its protocol's limits, its socket, its life."""
