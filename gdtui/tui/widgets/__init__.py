"""Widgets: small, and blind to each other and to the engine."""
