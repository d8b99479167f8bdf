"""What is shown of a snapshot: charts, pictures, panels, and how they share the screen. Knows nothing of Textual."""
