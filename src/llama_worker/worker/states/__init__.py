"""What engines have computed, kept in files for when they are gone."""
