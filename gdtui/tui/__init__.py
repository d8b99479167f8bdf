"""The screen, and the only package that imports Textual. Frames go down to widgets, messages go up."""

import os
import sys

if sys.platform != "win32":
    # read when Textual is imported; what the terminal does not have is reduced on the way to it: `terminal.reduction`
    os.environ["TEXTUAL_COLOR_SYSTEM"] = "truecolor"
