"""What is minimised: formulas, datasets, models, tapes."""
