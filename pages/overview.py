"""Home: the map of a Transformer, an RNN beside it, the models at hand, the chapter's goals, summary and references."""

from components.ui import copy_link, footer, header
from components.views.overview.page import show_comparison, show_further, show_goals, show_map, show_models, show_name, snippet_settings

header("overview")
show_map()
show_comparison()
show_models()
show_goals()
show_further()
footer("overview", snippet="recurrent", settings=snippet_settings())
copy_link()
show_name()
