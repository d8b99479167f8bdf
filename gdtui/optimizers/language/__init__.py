"""What a rule is written in: the decorators, the roles of a signature's parameters, and the kernels made of a text.

`rule` is one optimizer in one dialect; `block_rule` a rule over whole blocks of parameters; `solver` an optimizer that
evaluates where it wants.
"""
