"""What a command begins with, before anything else is imported."""
