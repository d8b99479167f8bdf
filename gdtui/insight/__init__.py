"""What a teacher would say of a lane: its rule with the numbers of the last update, and why it behaves as it does."""
