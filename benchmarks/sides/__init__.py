"""The contestants as sides of a comparison: each with its own defaults, and with as many threads as the machine has cores."""
