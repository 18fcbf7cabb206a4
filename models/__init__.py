"""Everything that holds weights: strings in, strings out; never imports `pipeline`."""
