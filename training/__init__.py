"""How the model `builtin` was made. Development only: nothing in llama_worker imports this."""
