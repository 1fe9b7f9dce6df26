"""Readers of files: bytes to neutral records, with the reason for every refusal."""
