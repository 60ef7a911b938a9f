"""As `worker/abilities/`, at the other end of a port."""
