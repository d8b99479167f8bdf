"""What a teacher would say of a state: the rule with live numbers in it, and why it behaves so."""
