"""What is shipped, as its users get it: distributions, packed programs, bundles for machines without a network.

`make test-package` runs it, with packers and checkers in environments of their own.
"""
