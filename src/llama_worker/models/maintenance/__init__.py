"""Models on this machine looked after: whether they are sound and current, what they take, which nobody uses."""
