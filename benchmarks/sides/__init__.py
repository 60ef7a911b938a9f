"""The contestants as sides of a comparison: each with its own defaults, and with a thread for each core."""
