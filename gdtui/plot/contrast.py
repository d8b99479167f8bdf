"""How well a colour can be seen on another, by the Web Content Accessibility Guidelines (WCAG 2.2)."""

from collections.abc import Iterable


def light(color: str) -> tuple[float, float, float]:
    """Return how much red, green and blue light a hex colour has, each from 0 to 1 (the linear values of sRGB)."""
    channels = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return red, green, blue


def luminance(color: str) -> float:
    """Return the relative luminance of a hex colour, from 0 to 1 (WCAG 2.2)."""
    red, green, blue = light(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(a: str, b: str) -> float:
    """Return the ratio of contrast of two hex colours, from 1 to 21 (WCAG 2.2)."""
    darker, lighter = sorted((luminance(a), luminance(b)))
    return (lighter + 0.05) / (darker + 0.05)


def readable(color: str, grounds: Iterable[str], least: float) -> str:
    """Return the colour, mixed with as much white or black as it needs for this contrast on every ground."""
    on = tuple(grounds)
    ends = ("#ffffff", "#000000")
    end = max(ends, key=lambda end: min(contrast(end, ground) for ground in on))
    mixed = (mix(color, end, step / 32) for step in range(33))
    return next((m for m in mixed if all(contrast(m, ground) >= least for ground in on)), end)


def at_contrast(color: str, ground: str, ratio: float) -> str:
    """Return the colour, lighter or darker, so that it has this contrast on the ground, as nearly as can be."""
    end = max(("#ffffff", "#000000"), key=lambda each: contrast(each, ground))
    low, high = 0.0, 1.0  # parts of the way from the ground's end through the colour to the other end
    other = "#000000" if end == "#ffffff" else "#ffffff"

    def at(part: float) -> str:
        return mix(other, color, 2 * part) if part < 0.5 else mix(color, end, 2 * part - 1)

    beyond = luminance(ground)
    for _step in range(12):
        middle = (low + high) / 2
        shown = at(middle)
        on_its_side = (luminance(shown) > beyond) == (end == "#ffffff")
        low, high = (low, middle) if on_its_side and contrast(shown, ground) >= ratio else (middle, high)
    return at(high)


def mix(a: str, b: str, t: float) -> str:
    """Return a hex colour between two: `a` at t = 0, `b` at t = 1."""
    pairs = zip((a[1:3], a[3:5], a[5:7]), (b[1:3], b[3:5], b[5:7]), strict=True)
    return "#" + "".join(f"{round(int(p, 16) * (1 - t) + int(q, 16) * t):02x}" for p, q in pairs)
