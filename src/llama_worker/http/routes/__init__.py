"""Endpoints that generate no text, one file for each subject."""
