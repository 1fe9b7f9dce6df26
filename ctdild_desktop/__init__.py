"""CTD-ILD Desktop: a local, encrypted registry of connective-tissue disease with lung involvement."""

__version__ = "1.0.0"
