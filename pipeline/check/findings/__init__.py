"""Findings for people: what a check knows, and what an editor is asked to confirm."""
