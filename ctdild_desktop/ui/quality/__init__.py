"""The report of quality: how complete and how plausible the registry is, with the records behind it."""
