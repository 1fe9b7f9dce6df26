"""The manual in the program: its window, what a page looks like there, and where each screen is explained."""
