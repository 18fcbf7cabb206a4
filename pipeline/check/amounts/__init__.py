"""What the check of numbers compares beside the value: units, currencies, times of day."""
