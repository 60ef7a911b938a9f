"""The hostile model files: sound ones of many architectures, and what is done to them."""
