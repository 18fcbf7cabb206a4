"""A copy of a document with English in place of its Chinese: everything else stays as it is."""
