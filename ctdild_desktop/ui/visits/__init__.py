"""Recording what was asked and examined."""
