"""Who has signed a model: what a verified signature names, compared with the files that are here."""
