"""The digest of an edition: its top stories, one line each in both languages."""
