"""Handing the registry on as files."""
