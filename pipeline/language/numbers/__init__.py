"""Numbers, dates and amounts of both languages, read into values."""
