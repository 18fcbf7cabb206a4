"""The translation memory: sentences that were translated before."""
