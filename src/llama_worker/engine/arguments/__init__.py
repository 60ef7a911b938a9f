"""Every argument of a llama-server: which option of ours it is, why it is refused, or how it is passed on.

`docs/parity.md` is made of these tables, and fails to be made when the engine has an argument that none of them names.
"""
