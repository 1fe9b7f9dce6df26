"""Screens: they take their services by constructor and ask the frame to open others."""
