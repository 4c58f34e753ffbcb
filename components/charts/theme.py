"""One colour, one meaning, on every page. Colours for text and background are the page theme's business."""

# Okabe & Ito (2008), "Color Universal Design": told apart with every common form of colour blindness.
QUERY_COLOUR = "#0072B2"
KEY_COLOUR = "#E69F00"
VALUE_COLOUR = "#009E73"
OUTPUT_COLOUR = "#CC79A7"
MARK_COLOUR = "#D55E00"
NEUTRAL_COLOUR = "#8A8F98"
SERIES = (QUERY_COLOUR, KEY_COLOUR, VALUE_COLOUR, OUTPUT_COLOUR, "#56B4E9", MARK_COLOUR, NEUTRAL_COLOUR)

# Weights from 0 to 1. Cividis: Nunez, Anderton & Renslow (2018), equal steps in lightness for normal and colour-blind eyes.
SEQUENTIAL = "Cividis"
# Signed values, centred on 0: blue is negative, orange positive, light grey is zero.
DIVERGING = ((0.0, "#08519C"), (0.25, "#6BAED6"), (0.5, "#F2F2F2"), (0.75, "#FDAE6B"), (1.0, "#A63603"))
