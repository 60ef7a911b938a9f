"""One file for each family of models: what is special about it, and nothing else.

To add one: a file here with a subclass of `Family` (`family.py`), or of one that is here already, and its line in
`table.py`. It imports neither numpy nor gguf at its top, so that what can be converted is known without them. What a
checkpoint's tensors become is said with `Tensor` (`checkpoint/tensor.py`), which reads nothing before it is written.
"""
