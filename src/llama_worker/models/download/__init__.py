"""Downloads that end in a verified file or in nothing."""
