"""Formulas: parsed, derived, and lowered to programs that a kernel is made of."""
