"""What stands beside a number: its unit, currency and sign; and times of day."""
