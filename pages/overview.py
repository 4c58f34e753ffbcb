"""Home."""

from components.ui import header

header("overview")
