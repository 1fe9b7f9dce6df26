"""Importing files from the window: files, mapping, preview, import, undo."""
