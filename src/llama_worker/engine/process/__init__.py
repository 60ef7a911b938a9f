"""The process that runs llama.cpp: started, kept, read and ended, and what runs inside it."""
