"""HTML and LaTeX in the texts of web pages, books, Markdown and OCR engines."""
