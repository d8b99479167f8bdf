"""The screen, and the only package that imports Textual. Frames go down to widgets, messages go up."""
