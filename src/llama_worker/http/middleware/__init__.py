"""What every request passes before it reaches an endpoint, one file each."""
