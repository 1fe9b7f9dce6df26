"""What the operating system says of the person's session: locked, left, asleep."""
