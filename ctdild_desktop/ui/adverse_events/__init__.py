"""Recording adverse events."""
