"""The screen: the one room that imports Textual. Down go snapshots, up go messages."""
