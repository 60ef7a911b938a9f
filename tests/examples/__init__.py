"""The examples, each run as somebody would who has copied it."""
