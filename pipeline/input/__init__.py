"""Files to documents: one module for each format, in bounded memory."""
