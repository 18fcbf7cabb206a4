"""Accounts: which characters of a file were read, set aside or lost; one module for each format."""
