"""Chat templates: which one a model gets, and what it makes of a conversation."""
