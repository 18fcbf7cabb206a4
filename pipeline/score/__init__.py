"""Scores of a run: checks, metrics against references, expected error."""
