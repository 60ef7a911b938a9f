"""Content that cannot give orders."""
