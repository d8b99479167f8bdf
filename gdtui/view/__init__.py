"""Views of a snapshot: charts, pictures, panels, and the layout of a frame. Independent of Textual."""
