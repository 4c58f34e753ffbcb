"""Numbers as people read them."""

import math


def significant(value: float, digits: int = 3, *, smallest: float = 5e-7) -> str:
    """A number as a reader wants it: `digits` significant digits, no "-0.000", no "1e-17".

    Magnitudes under `smallest` are shown as 0 (pass 0 where a tiny difference is the point); from 1e6 up, and under 1e-3, in the form
    1.20×10⁻⁴. A minus is the typographic one.
    """
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0 or abs(value) < smallest:
        return "0"
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    power = int(exponent)
    if -3 <= power < 6:
        return f"{value:.{max(digits - 1 - power, 0)}f}".replace("-", "−")
    return f"{mantissa.replace('-', '−')}×10{str(power).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}"


def latex(value: float) -> str:
    """The same for a formula."""
    text = significant(value).replace("−", "-").replace("∞", r"\infty")
    if "×10" not in text:
        return text
    mantissa, exponent = f"{value:.2e}".split("e")
    return rf"{mantissa}\times 10^{{{int(exponent)}}}"


def tiny(value: float) -> str:
    """A difference that may be a rounding error, or a number that vanishes: 1.0×10⁻¹⁴ is the finding, so it is not written as 0."""
    return significant(value, 3 if value == 0 or abs(value) >= 1e-3 else 2, smallest=0)


def per_cent(share: float) -> str:
    """A share (0..1) in per cent: whole ones, a decimal under 10, and at the ends, where none is called certain or impossible."""
    if share < 0.0005:
        return "<0.1%"
    return f"{100 * share:.0f}%" if 0.0995 <= share < 0.995 else f"{min(100 * share, 99.9):.1f}%"
