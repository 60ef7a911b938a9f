"""What `make bench` stands on."""
