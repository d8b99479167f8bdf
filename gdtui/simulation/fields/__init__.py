"""Fields: many runs of one lane that differ in settings, starts or seeds, all at once.

`members` says which runs, `tile` is the compiled loop over runs side by side, `running` makes them all.
"""
