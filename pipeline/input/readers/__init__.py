"""The formats of input: what is in a file of each, as Markdown or rows."""
