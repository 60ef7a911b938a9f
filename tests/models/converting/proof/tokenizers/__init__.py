"""Real tokenizers in the files of a repository, made of the vocabularies that llama.cpp and tiktoken have."""
