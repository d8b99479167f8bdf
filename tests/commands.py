"""Scenarios for tests of the command line, and the type of its fixture."""

import subprocess
from collections.abc import Callable

BAD = 'format = 1\ntitle = "t"\n[objective]\nkind = "surface"\nname = "nowhere"\n[lanes.a]\noptimizer = "gd"\n'
GOOD = BAD.replace("nowhere", "sphere")

#: Calls a command of gdtui with these words.
Gdtui = Callable[..., subprocess.CompletedProcess[str]]
