"""Language models that answer prompts, on this machine or behind a server."""
