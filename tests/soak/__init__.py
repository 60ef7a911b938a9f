"""A worker under every kind of work, cancel and fault for as long as it is let, its invariants checked: `make soak`."""
