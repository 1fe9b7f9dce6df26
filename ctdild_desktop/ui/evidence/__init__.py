"""The room of the evidence: the library in words and by facets, and one claim whole."""
