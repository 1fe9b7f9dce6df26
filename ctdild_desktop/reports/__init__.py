"""Printouts, drawn from the values of the services."""
