"""Is a sentence about an article supported by it: its numbers, names, denials, directions?"""
