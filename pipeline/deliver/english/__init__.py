"""English articles for readers, in Word, Markdown, HTML and plain text."""
