"""From a session to the text of a scenario that replays to the same trace."""
