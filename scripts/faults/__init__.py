"""Faults that scripts/chaos.py puts into a run, and the check that the next run loses nothing."""
