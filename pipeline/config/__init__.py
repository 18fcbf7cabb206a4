"""The YAML files: sections, paths, and every mistake reported at once."""
