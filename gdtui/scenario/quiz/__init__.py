"""Quizzes: the questions of the lessons, and new ones made from random situations with the engine as judge."""
