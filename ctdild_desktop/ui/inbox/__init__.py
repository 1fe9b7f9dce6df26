"""The inbox in the window: messages that wait, what each holds, whose it is, and the watched folder."""
