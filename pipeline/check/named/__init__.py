"""The kinds of names that `pipeline.check.names` looks for."""
