"""Parts of a page that look like others: notes like items, lines of forms like titles."""
