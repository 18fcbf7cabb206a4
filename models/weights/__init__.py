"""Find, identify and verify weights; catalogue, cards and licences."""
