"""The report that people look at, in every format."""
