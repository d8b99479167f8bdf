"""Every palette can be read: contrast as WCAG 2.2 measures it, and series apart for every kind of colour vision."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from gdtui.plot.contrast import contrast
from gdtui.plot.palette import CONTOUR_STEPS, SERIES_COLORS, Palette, least_contrast
from gdtui.view.basins import GLYPHS, STEPS
from gdtui.view.colors import GROUNDS, PALETTES, palette_on
from gdtui.view.pictures.decision import CLASS_COLORS

#: Machado, Oliveira & Fernandes 2009, severity 1: linear RGB as it is seen without one kind of cone.
VISION = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}


def oklab(color: str, vision: np.ndarray) -> np.ndarray:
    """Ottosson 2020: distances between these are about as large as they look."""
    channels = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    cones = np.array(
        [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
         [0.0883024619, 0.2817188376, 0.6299787005]]
    ) @ np.clip(vision @ linear, 0, 1)  # fmt: skip
    return np.array(
        [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
         [0.0259040371, 0.7827717662, -0.8086757660]]
    ) @ np.cbrt(cones)  # fmt: skip


def nearest_pair(colors: list[str]) -> float:
    """The distance of the two colours that are most alike for somebody."""
    return min(
        float(np.linalg.norm(oklab(a, vision) - oklab(b, vision)))
        for vision in VISION.values()
        for a, b in combinations(colors, 2)
    )


def series(palette: Palette) -> list[str]:
    return [palette.roles[f"series{i}"] for i in range(len(SERIES_COLORS))]


def too_faint(palette: Palette) -> list[str]:
    text_on = [palette.roles[ground] for ground in GROUNDS]
    lines_on = [palette.roles["background"], *(palette.roles[f"shade{i}"] for i in range(CONTOUR_STEPS))]
    regions = [palette.roles[f"region{k}"] for k in range(CLASS_COLORS)]
    bands = [palette.roles[f"band{i}"] for i in range(len(SERIES_COLORS))]
    faint = []
    for role, color in palette.roles.items():
        least = least_contrast(role)
        grounds = text_on if least > 3 else lines_on[:1]
        if role.startswith("contour"):  # drawn on the shade of its level, and in cells that reach into the next
            level = int(role.removeprefix("contour"))
            grounds = [lines_on[0], *lines_on[1:][max(0, level - 1) : level + 2]]
        faint += [f"{role} {color} on {g}: {contrast(color, g):.2f}" for g in grounds if contrast(color, g) < least]
        if role.startswith("class"):  # markers on the regions
            faint += [f"{role} on region {g}: {contrast(color, g):.2f}" for g in regions if contrast(color, g) < 3]
        if role.startswith(("series", "minimum", "start", "arrow")):  # drawn over the shades as well
            faint += [
                f"{role} on shade {g}: {contrast(color, g):.2f}"
                for g in lines_on + regions + bands
                if contrast(color, g) < 3
            ]
    return faint


@pytest.mark.parametrize("name", PALETTES)
def test_what_a_lane_has_not_done_is_faint_and_can_be_seen(name: str) -> None:
    roles = PALETTES[name].roles
    for number in range(len(SERIES_COLORS)):
        ghost, lane, background = roles[f"ghost{number}"], roles[f"series{number}"], roles["background"]
        assert 2.99 <= contrast(ghost, background) <= contrast(lane, background)


def test_contrast_is_as_the_guidelines_measure_it() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)  # the grey that just fails


@pytest.mark.parametrize("name", PALETTES)
def test_the_path_of_every_lane_stands_out_from_the_contours(name: str) -> None:
    roles = PALETTES[name].roles
    for level in range(CONTOUR_STEPS):
        shade, contour = roles[f"shade{level}"], roles[f"contour{level}"]
        for lane in series(PALETTES[name]):
            assert contrast(lane, shade) > 1.15 * contrast(contour, shade), (level, lane)


@pytest.mark.parametrize("name", PALETTES)
def test_every_text_and_line_of_a_palette_can_be_seen(name: str) -> None:
    assert too_faint(PALETTES[name]) == []


def test_a_high_contrast_is_high() -> None:
    palette = PALETTES["high-contrast"]
    texts = [color for role, color in palette.roles.items() if least_contrast(role) == 4.5]
    assert min(contrast(color, palette.roles["background"]) for color in texts) >= 7
    assert min(contrast(color, palette.roles["selected"]) for color in texts) >= 7


def test_the_eight_series_stay_apart_without_one_kind_of_cone() -> None:
    assert nearest_pair(series(PALETTES["colour-blind"])) > 0.12
    assert nearest_pair(series(PALETTES["dark"])) < 0.05, "what the theme is for"


@pytest.mark.parametrize("name", PALETTES)
def test_basins_stay_apart_in_every_step_without_one_kind_of_cone(name: str) -> None:
    """Two of Himmelblau's four were the same colour for one student in a hundred, late ones for one in twelve."""
    roles, count = PALETTES[name].roles, len(GLYPHS)
    least = 0.035 if name == "monochrome" else 0.08
    seen = {v: [oklab(roles[f"basin{code}"], vision) for code in range(count)] for v, vision in VISION.items()}
    for kind, vision in VISION.items():
        ground = oklab(roles["background"], vision)
        for a, b in combinations(range(count), 2):
            apart = float(np.linalg.norm(seen[kind][a] - seen[kind][b]))
            assert apart > (least if a // STEPS != b // STEPS else 0.01), (kind, a, b)
        assert min(float(np.linalg.norm(color - ground)) for color in seen[kind]) > 0.12, kind


def test_good_and_bad_stay_apart_without_one_kind_of_cone() -> None:
    roles = PALETTES["colour-blind"].roles
    assert nearest_pair([roles["good"], roles["bad"]]) > 0.2


def test_monochrome_has_no_hue() -> None:
    for color in PALETTES["monochrome"].roles.values():
        assert len({color[1:3], color[3:5], color[5:7]}) == 1


@pytest.mark.parametrize(("background", "text", "dark"), [
    ("#002b36", "#839496", True), ("#fdf6e3", "#657b83", False), ("#3b4252", "#4c566a", True),
])  # fmt: skip
def test_a_palette_for_a_theme_made_elsewhere_can_be_read(background: str, text: str, dark: bool) -> None:
    grounds = dict.fromkeys(("background", "surface", "panel"), background)
    assert too_faint(palette_on(grounds, text, dark=dark)) == []
