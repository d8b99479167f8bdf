"""Exponential, logarithm and tanh of units, as straight-line arithmetic on doubles.

A loop over one of them is compiled to vector instructions, which a call of the C library prevents. Each is built from
+, −, ·, /, comparisons and the bits of numbers, which IEEE 754 defines: the bits are the same compiled or not, in a
vector or alone, and on every machine. Errors are below 0.8 units in the last place, of tanh below 1.1, of the sigmoid
and of softplus below 2.

Ranges are reduced, and constants chosen, as in FDLIBM (Sun Microsystems 1993, e_exp.c and e_log.c); tanh is that of
Cody & Waite 1980, "Software Manual for the Elementary Functions", chapter 13. What both sides of a choice are is
computed first: a branch would have each number go its own way.
"""

from __future__ import annotations

import math

import numpy as np

from gdtui.kernel import inlined

LOG2_E = 1.4426950408889634
#: ln 2 as a sum: multiples of the first part by up to 2²⁰ are exact.
LN2_HIGH, LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
#: 1.5·2⁵²: a number below 2⁵¹ that is added to it is rounded to a whole one, which its last bits then hold.
SHIFT = 6755399441055744.0
SHIFT_BITS = 0x4338000000000000
#: The bit that is 1 in negative numbers.
SIGN = -(2**63)
#: Bits of the fraction of a double, and the exponent of 1.
FRACTION, BIAS = 52, 1023
#: Beyond these, exp is 0 and inf.
LOWEST, HIGHEST = -746.0, 710.0
#: r·coth(r/2) − 2 in powers of r², for |r| ≤ ln 2 / 2.
E1, E2, E3, E4, E5 = (
    1.66666666666666019037e-01, -2.77777777770155933842e-03, 6.61375632143793436117e-05, -1.65339022054652515390e-06,
    4.13813679705723846039e-08,
)  # fmt: skip
#: (log(1 + s) − log(1 − s))/s − 2 in powers of s², for |s| ≤ 3 − 2·√2.
L1, L2, L3, L4, L5, L6, L7 = (
    6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01, 2.222219843214978396e-01,
    1.818357216161805012e-01, 1.531383769920937332e-01, 1.479819860511658591e-01,
)  # fmt: skip
SQRT_HALF_BITS = 0x3FE6A09E667F3BCD
LEAST_NORMAL, TWO_54 = 2.2250738585072014e-308, 18014398509481984.0
#: tanh(x)/x − 1 = x²·P(x²)/Q(x²) up to this |x|.
SMALL = 0.625
#: From here on tanh is 1.
LARGE = 20.0
P0, P1, P2 = -1.6134119023996228053e3, -9.9225929672236083313e1, -9.6437492777225469787e-1
Q0, Q1, Q2 = 4.8402357071988688686e3, 2.2337720718962312926e3, 1.1274474380534949335e2


@inlined
def bits_of(x: float) -> np.int64:
    """Return the bits of a number as a whole number."""
    return np.float64(x).view(np.int64)


@inlined
def from_bits(bits: np.int64) -> float:
    """Return the number of those bits."""
    return np.int64(bits).view(np.float64)


@inlined
def exp(x: float) -> float:
    """Return eˣ = 2ᵏ·eʳ."""
    above = LOWEST if x < LOWEST else x  # nan stays nan
    within = HIGHEST if above > HIGHEST else above
    shifted = within * LOG2_E + SHIFT
    k = shifted - SHIFT
    high, low = within - k * LN2_HIGH, k * LN2_LOW
    r = high - low
    square = r * r
    c = r - square * (E1 + square * (E2 + square * (E3 + square * (E4 + square * E5))))
    line = 1.0 + high
    lost = high - (line - 1.0)  # by rounding the sum
    power = line + (lost + ((r * c) / (2.0 - c) - low))
    whole = bits_of(shifted) - SHIFT_BITS
    half = whole >> 1  # 2ᵏ itself may be no normal number
    return power * from_bits((half + BIAS) << FRACTION) * from_bits((whole - half + BIAS) << FRACTION)


@inlined
def log_of_parts(k: float, f: float) -> float:
    """Return k·ln 2 + log(1 + f), for √½ ≤ 1 + f ≤ √2."""
    s = f / (2.0 + f)
    square = s * s
    fourth = square * square
    odd = fourth * (L2 + fourth * (L4 + fourth * L6))
    even = square * (L1 + fourth * (L3 + fourth * (L5 + fourth * L7)))
    half = 0.5 * f * f
    return k * LN2_HIGH - ((half - (s * (half + (odd + even)) + k * LN2_LOW)) - f)


@inlined
def log(x: float) -> float:
    """Return the natural logarithm."""
    scaled = x * TWO_54
    tiny = x < LEAST_NORMAL
    normal = scaled if tiny else x
    bits = bits_of(normal)
    exponent = (bits - SQRT_HALF_BITS) >> FRACTION
    k = from_bits(exponent + SHIFT_BITS) - SHIFT
    lower = k - 54.0
    f = from_bits(bits - (exponent << FRACTION)) - 1.0
    found = log_of_parts(lower if tiny else k, f)
    finite = found if x < math.inf else x  # inf and nan stay what they are
    positive = finite if x != 0.0 else -math.inf
    return math.nan if x < 0.0 else positive


@inlined
def softplus_tail(x: float) -> float:
    """Return log(1 + e^−|x|): what softplus has above max(x, 0)."""
    e = exp(-abs(x))
    halved = 0.5 * (e - 1.0)  # 1 + e = 2·(1 + this)
    large = e > 0.41421356
    return log_of_parts(1.0 if large else 0.0, halved if large else e)


@inlined
def sigmoid(x: float) -> float:
    """Return 1/(1 + e⁻ˣ)."""
    e = exp(-abs(x))
    return (e if x < 0.0 else 1.0) / (1.0 + e)


@inlined
def tanh(x: float) -> float:
    """Return tanh x: a rational function of x near 0, else 1 − 2/(e^2|x| + 1) with the sign of x."""
    size = LARGE if abs(x) > LARGE else abs(x)
    small = size < SMALL
    square = size * size
    e = exp(2.0 * size)
    total = e + 1.0
    lost = 1.0 - (total - e)  # by rounding the sum
    numerator = square * ((P2 * square + P1) * square + P0)
    denominator = ((square + Q2) * square + Q1) * square + Q0
    part = (numerator if small else 2.0) / (denominator if small else total)
    near = size + size * part
    far = 1.0 - (part - 0.5 * part * part * lost)
    return from_bits(bits_of(near if small else far) | (bits_of(x) & SIGN))
