"""Answers whose form is enforced here, since the engine's own ways do not hold for every model."""
