"""What a row of work says and how it is marked, for every screen that shows one."""
