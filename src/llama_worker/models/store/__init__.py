"""The models on this machine, in the Hugging Face cache layout."""
