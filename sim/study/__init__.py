"""Studies: design, runner, store and statistics."""
