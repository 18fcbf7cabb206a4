"""Use cases: what each command does."""
