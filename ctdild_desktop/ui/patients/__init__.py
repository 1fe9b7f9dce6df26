"""The list of patients, who they are and their diagnoses."""
