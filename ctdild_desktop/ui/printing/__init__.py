"""Every printout on its way to paper: its preview, the printer, and a file at a place that is chosen."""
