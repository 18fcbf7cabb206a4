"""Words that the checks look for, as tables."""
