"""How a figure is measured: sides in turns, ratios within a round, and rounds repeated when the machine was busy."""
