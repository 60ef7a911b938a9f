"""The examples that need packages of others: collected where those are installed, as `make test-examples` does it."""
