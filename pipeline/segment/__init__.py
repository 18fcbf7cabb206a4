"""Documents to articles, blocks and sentences, each at its true place."""
