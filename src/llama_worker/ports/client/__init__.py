"""The client's end of a port: a bridge with the methods of LlamaWorker."""
