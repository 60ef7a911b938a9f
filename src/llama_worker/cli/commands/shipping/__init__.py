"""Commands about what is given to other machines."""
