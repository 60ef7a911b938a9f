"""What a model can be asked besides text: one base class of `Model` for each group of methods."""
