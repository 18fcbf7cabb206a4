"""Translation models of a config: found, named in keys, remembered; how an answer is chosen."""
