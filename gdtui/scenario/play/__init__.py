"""Replaying a script: every command applied, every expectation judged, golden traces compared."""
