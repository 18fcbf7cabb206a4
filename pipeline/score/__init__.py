"""Scores of a run: checks, metrics with a reference, expected error."""
