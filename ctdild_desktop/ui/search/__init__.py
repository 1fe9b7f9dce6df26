"""Finding a patient from anywhere."""
