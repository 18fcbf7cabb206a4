"""Articles to summaries in both languages."""
