"""Devices, free memory, batches and workers."""
