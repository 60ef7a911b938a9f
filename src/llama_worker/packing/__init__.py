"""What tools need that make one executable of a program: which of our files belong into it. No program imports this."""
