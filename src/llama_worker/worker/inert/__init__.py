"""Content that cannot give orders: what messages say never becomes the tokens that only a chat template may write."""
