"""As `worker/abilities/`, without async."""
