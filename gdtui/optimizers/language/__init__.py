"""The language that rules are written in: decorators, the roles of a signature's parameters, and what is derived.

`rule` says what every optimizer answers. `coordinate_rule`, `block_rule` and `solver` are its kinds, each with the
decorator that registers it in `registry`. `rule_text` reads a text; `kernel_source` and `block_kernel_source` write
kernels around it; `writer` and `formula` write it for people.
"""
