"""Systems × test sets × metrics: scores, significance, gates; reads text, never a tensor."""
