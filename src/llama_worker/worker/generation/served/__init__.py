"""Requests of servers, in the engine's words, held to the same forms as those of sessions."""
