"""The stages: each one a plain function over a batch of records."""
