"""llama-worker as an MCP server: what other programs' models may have done by models on this machine."""
