"""Recording readings of high-resolution CT."""
