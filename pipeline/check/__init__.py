"""Checks of one translation without a reference: (source, translation) to findings."""
