"""The encrypted registry: file, keys, tables, audit trail, backup."""
