"""How tables are made: plan, shards, store, manifest, journal. Knows no language."""
