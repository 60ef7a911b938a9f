"""What one ability of the library costs against the same without it; each is a program of its own.

`python -m benchmarks.costs.NAME`, or all of them, one after the other: `python -m benchmarks.costs`.
"""
