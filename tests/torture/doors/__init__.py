"""Hostile requests for every door: made from the types of the requests, at the ends of their ranges and beyond."""
