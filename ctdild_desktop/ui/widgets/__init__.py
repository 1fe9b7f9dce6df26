"""Small parts that every screen uses; they know the theme and the rules of entry, nothing else."""
