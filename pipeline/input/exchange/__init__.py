"""Files that translators' tools exchange: sentence pairs and terms, read as they are written."""
