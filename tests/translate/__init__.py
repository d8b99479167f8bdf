"""The catalogues of translations: what the sources say, what the catalogues say of it, and what is amiss."""
