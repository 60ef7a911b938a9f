"""The examples of the pages: each is run, and what it prints stands below it."""
