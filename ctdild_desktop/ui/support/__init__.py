"""What helps whoever helps: the diagnostic bundle, shown in full before it is written."""
