"""What a fake model says: replies, faults, and which of them comes next."""
