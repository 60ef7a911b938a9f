"""In which of the engine's sequences a request is computed: the one that holds most of its prompt."""
