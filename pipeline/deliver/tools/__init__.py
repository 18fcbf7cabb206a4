"""The sentences of a run as files of the tools in which translators and editors correct them."""
