"""What the processor can do, and what of it a build of the engine leaves unused."""
