"""The request and answer formats that clients speak, one file each."""
