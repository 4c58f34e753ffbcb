"""Sources: the map of a Transformer, the models at hand, an RNN measured beside it, the chapter's goals, the terms, what came after, references."""

from components.ui import copy_link, footer, header
from components.views.sources.models import show_models
from components.views.sources.page import show_further, show_goals, show_map, show_name
from components.views.sources.recurrence import show_comparison, snippet_settings
from components.views.sources.terms import show_terms

header("sources")
show_map()
show_models()
show_comparison()
show_goals()
show_terms()
show_further()
footer("sources", snippet="recurrent", settings=snippet_settings())
copy_link()
show_name()
