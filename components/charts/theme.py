"""One colour, one meaning, on every page; how numbers are written. Colours for text and background are the page theme's business."""

import math

# Okabe & Ito (2008), "Color Universal Design": told apart with every common form of colour blindness.
QUERY = "#0072B2"
KEY = "#E69F00"
VALUE = "#009E73"
OUTPUT = "#CC79A7"
MARK = "#D55E00"
NEUTRAL = "#8A8F98"
SERIES = (QUERY, KEY, VALUE, OUTPUT, "#56B4E9", MARK, NEUTRAL)

# Weights from 0 to 1. Cividis: Nunez, Anderton & Renslow (2018), equal steps in lightness for normal and colour-blind eyes.
SEQUENTIAL = "Cividis"
# Signed values, centred on 0: blue is negative, orange positive, light grey is zero.
DIVERGING = ((0.0, "#08519C"), (0.25, "#6BAED6"), (0.5, "#F2F2F2"), (0.75, "#FDAE6B"), (1.0, "#A63603"))

FONT = '"Noto Sans JP", "Noto Sans CJK JP", "Hiragino Sans", "Yu Gothic UI", Meiryo, sans-serif'


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
