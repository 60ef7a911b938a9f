"""LoRA adapters: the pairs of small matrices that change a model, in the layout that its conversion has."""
