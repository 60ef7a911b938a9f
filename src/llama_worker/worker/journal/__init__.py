"""The journal: conversations that are still there after the program was killed, in one SQLite file."""
