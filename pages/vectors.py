"""Text to vectors: what becomes of a word, which words are near it, why a dot product measures fit, and how it was learned. The way's steps are a
line of its own."""

from components.ui import bench, choose_view, copy_link, footer, guarded, header, t
from components.views.vectors.check import questions
from components.views.vectors.fit import show_fit
from components.views.vectors.learn import show_learning
from components.views.vectors.near import show_near
from components.views.vectors.page import choose, show_way

VIEWS = {"way": show_way, "near": show_near, "fit": show_fit}

header("vectors")
view = choose_view(t("vectors.view"), [*VIEWS, "learn"], key="vec_view", label_of=lambda name: t(f"vectors.view_{name}"))
bar = bench("vec")
bar.run(t("vectors.train") if view == "learn" else "")
settings, chosen = None, None
with guarded():
    if view == "learn":
        show_learning(bar)
    else:
        chosen = choose(bar)
        VIEWS[view](chosen)
        settings = chosen.settings()
footer("vectors", snippet="word_vectors" if settings else None, settings=settings, check=lambda: questions(chosen))
copy_link("vec_text", "vec_other", "vec_corpus")
