"""A script gone through: every command carried out, every expectation judged, golden traces compared."""
