"""What is minimised: surfaces from a line of mathematics, datasets with their models.

`build` makes an `Objective` of `base` from any of them.
"""
