"""Commands about this machine: what it can do, and how it is set up."""
