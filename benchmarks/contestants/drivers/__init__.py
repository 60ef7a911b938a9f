"""One program for each contestant. Only the standard library and what is measured is imported here, as each runs in
the environment of its library."""
