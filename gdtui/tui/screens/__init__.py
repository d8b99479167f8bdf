"""Screens: the bench, and what opens over it."""
