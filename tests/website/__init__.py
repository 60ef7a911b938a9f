"""The site: what it consists of. That it builds is for `make docs` to see."""
