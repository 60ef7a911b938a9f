"""Options as people write them down."""
