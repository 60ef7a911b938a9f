"""Models carried from one machine to another, with their lock, without a network."""
