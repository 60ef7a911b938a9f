"""A conversation in the terminal: lines that are edited, commands that begin with a slash, answers."""
