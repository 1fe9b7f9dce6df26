"""What is known of a patient and what follows from it: pure functions on frozen values."""
