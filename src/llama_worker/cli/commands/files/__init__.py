"""Commands that look into model files and change them."""
