"""Lessons for whoever learns the program on invented patients."""
