"""Models that are not here: what fits this machine of them."""
