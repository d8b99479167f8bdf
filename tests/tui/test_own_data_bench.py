"""The bench on a user's own CSV file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gdtui.cli.experiments import from_options
from gdtui.cli.parsers import parse

pytestmark = pytest.mark.jit


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_the_bench_says_what_is_predicted(open_bench: Callable[..., Any], size: Any, tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text("rooms,age,price\n3,10,200.5\n4,35,230\n2,80,90\n5,2,410\n3,41,150\n6,5,500\n")
    _name, options = parse([str(path), "--standardize"])
    async with open_bench(from_options(options), size=size) as desk:
        assert "price, the last column, is predicted from rooms, age" in desk.text("#message")
        await desk.press("space")
        assert "data.csv" in desk.text("#header")
