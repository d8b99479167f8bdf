"""The diagnoses, one file a group; each is found by being in this folder."""
