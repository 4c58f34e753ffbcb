"""Home: one sentence, untied. Its line, stations and doors are its own; everything else about the app is on the page of sources."""

from components.ui import copy_link, header, t
from components.views.overview.goals import show_goals
from components.views.overview.page import show_doors, show_sentence

header("overview", t("overview.heading"))
show_sentence()
show_doors()
show_goals()
copy_link("home_text")
