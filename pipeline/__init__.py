"""Yibao 译报: Chinese newspaper pages to checked English, in batches."""

__version__ = "0.1.0"
