"""Office documents (Word, OpenDocument) as Markdown, read from their XML."""
