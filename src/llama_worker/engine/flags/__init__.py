"""What an engine is told: one table, from which a llama-server's command line and the bundled engine's parameters are
made."""
