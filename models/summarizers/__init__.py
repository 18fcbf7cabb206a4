"""Extractive and abstractive summarizers."""
