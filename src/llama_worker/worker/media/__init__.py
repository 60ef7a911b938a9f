"""Images and sounds in messages: given, checked, and refused where a model cannot read them."""
