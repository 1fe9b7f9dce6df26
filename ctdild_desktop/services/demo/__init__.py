"""The demonstration registry: invented patients with the spread of diseases and courses of a real clinic."""
