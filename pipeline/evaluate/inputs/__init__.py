"""What an evaluation reads: test sets, systems and their output."""
