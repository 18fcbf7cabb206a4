"""Articles to translations: the repair ladder, reranking and placeholders."""
