"""What model hubs have: asked for by name, searched, and chosen among."""
