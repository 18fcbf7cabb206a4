"""The inputs of an evaluation: test sets, systems and their output."""
