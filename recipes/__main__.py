"""``python -m recipes <id> --data DIR --work DIR`` makes one model; ``python -m recipes evaluate`` scores the bundled ones."""

import argparse
from importlib import import_module
from pathlib import Path

# id -> module, and what its make() takes first
MAKERS = {
    "backbone-ja": ("recipes.backbone_ja", ()),
    "sentiment-en": ("recipes.sentiment", ("en",)),
    "sentiment-ja": ("recipes.sentiment", ("ja",)),
    "ner-en": ("recipes.ner", ("en",)),
    "ner-ja": ("recipes.ner", ("ja",)),
    "mlm-en": ("recipes.pretrain", ("en",)),
    "nsp-en": ("recipes.pretrain", ("en",)),
    "nsp-ja": ("recipes.pretrain", ("ja",)),
    "embed-ja": ("recipes.embed_ja", ()),
    "qa-en": ("recipes.qa", ("en",)),
    "qa-ja": ("recipes.qa", ("ja",)),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m recipes", description=__doc__)
    parser.add_argument("id", choices=[*MAKERS, "evaluate"])
    parser.add_argument("--data", type=Path, required=True, help="folder with the data sets, unpacked or as .tar.xz")
    parser.add_argument("--work", type=Path, required=True, help="folder for downloads, tokens and checkpoints")
    options = parser.parse_args()
    module, first = MAKERS[options.id]
    print(import_module(module).make(*first, options.data, options.work))


if __name__ == "__main__":
    main()
