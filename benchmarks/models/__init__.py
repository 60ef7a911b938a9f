"""Models of random weights, of the sizes that people use, and text as in a book; made when first needed, and kept."""
