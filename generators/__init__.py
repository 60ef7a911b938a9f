"""Files that are made from the types: `python -m generators` writes them, `--check` tells whether they are current."""
