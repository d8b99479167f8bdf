"""The terminal below Textual: what it can do, the driver, and the process that restores it."""
