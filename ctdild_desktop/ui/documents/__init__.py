"""Files of patients: what is said of each."""
