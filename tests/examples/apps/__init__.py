"""The examples that need packages of others: collected where those are installed, which is what `make test-examples` does."""
