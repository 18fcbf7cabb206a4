"""Readers and writers at the edge: files in, files out."""
