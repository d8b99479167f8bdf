"""The catalogue of loss surfaces: one line of mathematics for each, and what it teaches."""

from __future__ import annotations

import math
from dataclasses import replace

from gdtui.errors import ObjectiveError
from gdtui.objectives.surfaces.quadratic import quadratic
from gdtui.objectives.surfaces.surface import Surface
from gdtui.text import N_, _, did_you_mean


def _square(half_width: float) -> tuple[tuple[float, float], ...]:
    return ((-half_width, half_width), (-half_width, half_width))


_CATALOGUE = (
    Surface(
        "sphere", N_("Sphere"), "x^2 + y^2",
        _square(5.0), (-4.0, 3.0), ((0.0, 0.0, 0.0),),
        N_("The gradient points straight at the minimum: the easy case."),
    ),
    Surface(
        "ravine", N_("Ravine"), "x^2/20 + y^2",
        ((-10.0, 10.0), (-5.0, 5.0)), (-7.0, 2.0), ((0.0, 0.0, 0.0),),
        N_("Steep across, flat along: plain descent zigzags, momentum cancels the zigzag."),
    ),
    Surface(
        "rosenbrock", N_("Rosenbrock's banana"), "(1-x)^2 + 100*(y-x^2)^2",
        ((-2.0, 2.0), (-1.0, 3.0)), (-1.2, 1.0), ((1.0, 1.0, 0.0),),
        N_("The curved valley is soon found; its flat floor is what takes the updates."),
    ),
    Surface(
        "himmelblau", N_("Himmelblau"), "(x^2+y-11)^2 + (x+y^2-7)^2",
        _square(5.0), (-0.5, -1.0),
        (
            (3.0, 2.0, 0.0),
            (-2.805118086952745, 3.131312518250573, 0.0),
            (-3.779310253377747, -3.2831859912861696, 0.0),
            (3.5844283403304917, -1.8481265269644036, 0.0),
        ),
        N_("Four equal minima: where you start and how you step decide which you get."),
    ),
    Surface(
        "beale", N_("Beale"), "(1.5-x+x*y)^2 + (2.25-x+x*y^2)^2 + (2.625-x+x*y^3)^2",
        _square(4.5), (1.0, 1.5), ((3.0, 0.5, 0.0),),
        N_("A flat floor between walls of 10⁵: a rate safe on the walls crawls below."),
    ),
    Surface(
        "booth", N_("Booth"), "(x+2*y-7)^2 + (2*x+y-5)^2",
        _square(10.0), (-8.0, -2.0), ((1.0, 3.0, 0.0),),
        N_("A ravine that lies across the axes: rates per coordinate cannot straighten it."),
    ),
    Surface(
        "matyas", N_("Matyas"), "0.26*(x^2+y^2) - 0.48*x*y",
        _square(10.0), (-9.0, 4.0), ((0.0, 0.0, 0.0),),
        N_("Flat along the diagonal, condition number 25: the last stretch takes longest."),
    ),
    Surface(
        "saddle", N_("Saddle"), "x^2 - y^2",
        _square(3.0), (2.0, 0.01), (),
        N_("Beside the ridge, descent lingers at the saddle; momentum leaves it sooner."),
    ),
    Surface(
        "monkey-saddle", N_("Monkey saddle"), "x^3 - 3*x*y^2",
        _square(2.0), (1.0, 0.05), (),
        N_("At the centre gradient and Hessian are zero: no second order shows a way."),
    ),
    Surface(
        "rastrigin", N_("Rastrigin"), "20 + x^2 - 10*cos(2*pi*x) + y^2 - 10*cos(2*pi*y)",
        _square(5.12), (2.2, -1.7), ((0.0, 0.0, 0.0),),
        N_("Many hollows in a bowl: descent takes the nearest; noise may climb out."),
    ),
    Surface(
        "ackley", N_("Ackley"), "-20*exp(-0.2*sqrt(0.5*(x^2+y^2))) - exp(0.5*(cos(2*pi*x)+cos(2*pi*y))) + e + 20",
        _square(5.0), (-3.3, 2.4), ((0.0, 0.0, 0.0),),
        N_("Hollows around a pit so sharp that its slope stays; at its very point it is 0."),
    ),
    Surface(
        "styblinski-tang", N_("Styblinski-Tang"), "0.5*(x^4-16*x^2+5*x + y^4-16*y^2+5*y)",
        _square(5.0), (4.8, 4.5), ((-2.903534027771177, -2.903534027771177, -78.33233140754284),),
        N_("Four basins, one the best: the start decides, unless momentum carries over."),
    ),
    Surface(
        "six-hump-camel", N_("Six-hump camel"), "(4-2.1*x^2+x^4/3)*x^2 + x*y + (-4+4*y^2)*y^2",
        ((-2.0, 2.0), (-1.0, 1.0)), (1.9, 0.5),
        (
            (0.08984201310031807, -0.7126564030207396, -1.0316284534898774),
            (-0.08984201310031807, 0.7126564030207396, -1.0316284534898774),
        ),
        N_("Six minima, two of them global: small steps end in a poor one."),
    ),
    Surface(
        "three-hump-camel", N_("Three-hump camel"), "2*x^2 - 1.05*x^4 + x^6/6 + x*y + y^2",
        _square(2.0), (-1.8, -1.8), ((0.0, 0.0, 0.0),),
        N_("The side humps catch plain descent; momentum can roll on to the middle."),
    ),
    Surface(
        "mccormick", N_("McCormick"), "sin(x+y) + (x-y)^2 - 1.5*x + 2.5*y + 1",
        ((-1.5, 4.0), (-3.0, 4.0)), (3.0, 3.5),
        ((0.5 - math.pi / 3.0, -0.5 - math.pi / 3.0, -math.sqrt(0.75) - math.pi / 3.0),),
        N_("A valley with a wavy floor: descent may end in a minimum beside the lowest."),
    ),
    Surface(
        "goldstein-price", N_("Goldstein-Price"),
        "(1+(x+y+1)^2*(19-14*x+3*x^2-14*y+6*x*y+3*y^2))*(30+(2*x-3*y)^2*(18-32*x+12*x^2+48*y-36*x*y+27*y^2))",
        _square(2.0), (-0.5, 0.3), ((0.0, -1.0, 3.0),),
        N_("Values from 3 to a million: no single learning rate suits all of it."),
    ),
    Surface(
        "easom", N_("Easom"), "-cos(x)*cos(y)*exp(-((x-pi)^2+(y-pi)^2))",
        ((0.0, 6.0), (0.0, 6.0)), (2.1, 2.3), ((math.pi, math.pi, -1.0),),
        N_("A pit in a plain: from outside there is no gradient to follow."),
    ),
    Surface(
        "levy-13", N_("Lévy 13"), "sin(3*pi*x)^2 + (x-1)^2*(1+sin(3*pi*y)^2) + (y-1)^2*(1+sin(2*pi*y)^2)",
        _square(4.0), (-3.2, 3.4), ((1.0, 1.0, 0.0),),
        N_("Ripples on a bowl: the trend is right, the local gradient often is not."),
    ),
    Surface(
        "griewank", N_("Griewank"), "1 + (x^2+y^2)/4000 - cos(x)*cos(y/sqrt(2))",
        _square(10.0), (-4.5, 7.0), ((0.0, 0.0, 0.0),),
        N_("Many hollows of almost equal depth: the bowl below them is too faint."),
    ),
    Surface(
        "drop-wave", N_("Drop wave"), "-(1+cos(12*sqrt(x^2+y^2)))/(0.5*(x^2+y^2)+2)",
        _square(2.0), (0.6, 0.5), ((0.0, 0.0, -1.0),),
        N_("Rings around the minimum: each is a trap that only a long step crosses."),
    ),
    Surface(
        "two-wells", N_("Two wells"), "x^2 + y^2 - 2*exp(-((x-1)^2+y^2)/0.2) - 3*exp(-((x+1)^2+y^2)/0.2)",
        _square(2.0), (1.6, 0.5),
        ((-0.9363006340109187, 0.0, -2.0630902517681946), (0.905317899160115, 0.0, -1.0927319992017408)),
        N_("A near well and a deeper far one: plain descent takes the near one."),
    ),
    Surface(
        "plateau", N_("Plateau"),
        "-sin(10*sqrt(x^2+y^2)+0.01)/(10*sqrt(x^2+y^2)+0.01) + 0.01*(10*sqrt(x^2+y^2)+0.01)^2",
        _square(1.5), (1.1, 0.8), ((0.0, 0.0, -0.9999823334166664),),
        N_("A faint rim rings the pit: plain descent stops at it, momentum can roll over."),
    ),
    Surface(
        "flower", N_("Flower"), "x*sin(y) + y*sin(x) + x^2 + y^2",
        _square(6.0), (-4.0, 4.5), ((0.0, 0.0, 0.0),),
        N_("Flat to second order along one diagonal: the gradient fades as a cube."),
    ),
    Surface(
        "cliff", N_("Cliff, one parameter"), "0.05*x^2 + tanh(8*(x-1))",
        ((-4.0, 4.0),), (3.0,), ((-3.599051676461718e-05, -0.999999774994479),),
        N_("At the cliff one huge gradient throws plain descent away; clipping cures it."),
    ),
    Surface(
        "valley", N_("Valley, one parameter"), "x^2",
        ((-4.0, 4.0),), (-3.0,), ((0.0, 0.0),),
        N_("Curvature 2: a rate below ½ glides in, up to 1 it swings, above 1 it diverges."),
    ),
    replace(quadratic(), title=N_("Quadratic bowl, condition number 10")),
)  # fmt: skip

#: Every surface by its name, in the order of the catalogue; `quadratic` with its default arguments.
SURFACES: dict[str, Surface] = {entry.name: entry for entry in _CATALOGUE}


def surface(name: str) -> Surface:
    """Return the surface called `name`, or raise ObjectiveError with the nearest name."""
    if name not in SURFACES:
        known = _(" (there are: {})").format(", ".join(SURFACES))
        message = _("there is no surface {}").format(ascii(name[:40]))
        raise ObjectiveError("name", message, did_you_mean(name.lower(), SURFACES, known))
    return SURFACES[name]
