"""Runs that nobody watches: their series, what is kept, what is new, and who hears of them."""
