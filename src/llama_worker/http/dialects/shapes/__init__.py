"""The inner parts of requests, by their types: whatever else stands in their place is refused before anybody reads it.

What is read of a request is what it says, not these; fields that they do not name are left as they are.
"""
