"""What is published: the distributions, the npm package, and the workflow that publishes them."""
