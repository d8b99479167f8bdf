"""Who else is at the bench: nobody (`base`), a class that follows it (`presenting`), a lecturer (`following`)."""
