"""The registry itself: backup, checks, about."""
