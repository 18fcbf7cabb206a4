"""English by rule for what is not prose: dates, credits, page numbers."""
