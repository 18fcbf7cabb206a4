"""Trained metrics on transformers 5: COMET, CometKiwi, XCOMET, MetricX and BERTScore."""
