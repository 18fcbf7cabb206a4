"""What we know about the two languages: pure functions over strings."""
