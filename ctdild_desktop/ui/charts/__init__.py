"""Widgets that draw the figures of the program."""
