"""The metrics of an evaluation and their cached counts."""
