"""The one door for questions, files and errors, and the frame that side sheets share."""
