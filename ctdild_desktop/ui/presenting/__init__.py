"""The screen of a meeting of the team: the case in large type, and what is decided beside it."""
