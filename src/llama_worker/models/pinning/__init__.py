"""What a program was made with, pinned: `llama-worker.lock`, read and written in one place."""
