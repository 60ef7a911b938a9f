"""Every place of every request, with values of types that do not belong there."""
