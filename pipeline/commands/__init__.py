"""The commands that `pipeline.cli` imports when they are called: parse, call, print."""
