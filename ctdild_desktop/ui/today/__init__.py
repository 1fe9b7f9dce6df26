"""The work list of the day, its clinic and the next meeting."""
