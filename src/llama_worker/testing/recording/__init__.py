"""What a real model said, kept in a file that a person can read, and said again."""
