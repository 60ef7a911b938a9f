"""The stores of models, as commands find them and what they are told of them."""
