"""From the name of any repository to a model that can be loaded: downloaded, or converted and quantized."""
