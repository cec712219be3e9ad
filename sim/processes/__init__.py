"""World, participation, cases and experience: arrays in, arrays out."""
