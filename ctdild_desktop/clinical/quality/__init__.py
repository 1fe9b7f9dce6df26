"""Quality of a registry: completeness and plausibility against the core data set, counted record by record.

Pure. Everything is read once into columns (:mod:`lines`); counts of any period come from them without reading
again. Conditions, intervals and limits are decisions of the registry, but for those of the due rules; the
source of a line of ``resources/quality`` says what it is needed for.
"""
