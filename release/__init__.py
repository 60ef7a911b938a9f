"""What a release needs: `python -m release check` looks, `python -m release notes` prints what is new."""
