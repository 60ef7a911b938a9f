"""Programs of which only the time to the first token counts: what a library's documentation begins with, and no more.

Each is told a model, prints an answer as it comes, and ends.
"""
