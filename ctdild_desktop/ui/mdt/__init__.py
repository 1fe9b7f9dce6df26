"""Papers for the MDT meeting."""
