"""Other people's tests of servers, run against ours: `python -m tests.compat`."""
