"""Quality of a registry: completeness and plausibility against the core data set, counted record by record.

Pure. Everything is read once into columns (:mod:`lines`); counts of any period come from them without reading
again. Conditions, intervals and limits of the checks are decisions of the registry unless a line of
``resources/quality`` names a source.
"""
