"""Groups of commands that `pipeline.cli` puts together: parse, call, print."""
