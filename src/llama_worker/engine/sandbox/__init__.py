"""What an engine process may do, take and disturb: measures that it puts on itself before it reads a model."""
