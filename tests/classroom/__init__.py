"""Lectures and their classes, without a screen."""
