"""The first run and the unlock screen."""
