"""From a TOML file to a scenario: every fault in one pass, each with its line and column."""
