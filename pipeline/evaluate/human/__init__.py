"""Human judgements: ratings as scores, the metrics that agree with them, and the raters."""
