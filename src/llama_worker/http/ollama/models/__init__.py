"""Models as Ollama has them: what there is, what is loaded, fetched and removed."""
