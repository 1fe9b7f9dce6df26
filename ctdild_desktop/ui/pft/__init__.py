"""Logging lung-function tests."""
