"""The patient screen."""
