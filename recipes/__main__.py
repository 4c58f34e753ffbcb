"""``python -m recipes <id> --data DIR --work DIR`` makes one model in the work folder; ``publish <id>`` scores it and puts it into
``models/``; ``evaluate`` scores all that are there and prints the table. ``behaviour [ids]``, for which no data are needed, asks the
models of ``models/``, or with ``--work`` those made there, the behaviour tests; ``--publish`` puts the results into ``models/``."""

import argparse
from importlib import import_module
from pathlib import Path

from recipes import device

# id -> module, and what its make() takes first
MAKERS = {
    "backbone-ja": ("recipes.backbone_ja", ()),
    "embed-ja": ("recipes.embed_ja", ()),
    "embed-ja-en": ("recipes.embed_ja_en", ()),
    "mlm-en": ("recipes.pretrain", ("en",)),  # one training makes both heads
    "nsp-en": ("recipes.pretrain", ("en",)),
    "mlm-ja": ("recipes.mlm_ja", ()),
    "causal-ja": ("recipes.causal_ja", ()),
    "nsp-ja": ("recipes.pretrain", ("ja",)),
    "sentiment-en": ("recipes.sentiment", ("en",)),
    "sentiment-ja": ("recipes.sentiment", ("ja",)),
    "ner-en": ("recipes.ner", ("en",)),
    "ner-ja": ("recipes.ner", ("ja",)),
    "qa-en": ("recipes.qa", ("en",)),
    "qa-ja": ("recipes.qa", ("ja",)),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m recipes", description=__doc__)
    parser.add_argument("command", nargs="+", metavar="id", help=f"one of {', '.join(MAKERS)}; or publish <id>; evaluate; behaviour [ids]")
    parser.add_argument("--data", type=Path, help="folder with the data sets, unpacked or as .tar.xz")
    parser.add_argument("--work", type=Path, help="folder for downloads, tokens and checkpoints")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu", help="where a model is trained; everything else is on the CPU")
    parser.add_argument("--minutes", type=float, help="causal-ja: how long to train; the learning rate falls to zero by then")
    parser.add_argument("--failures", type=int, default=0, help="behaviour: how many wrong answers of each kind to print")
    parser.add_argument(
        "--publish", action="store_true", help="behaviour: write the results beside the bundled models, and into their cards"
    )
    options = parser.parse_args()
    try:
        device.choose(options.device)
    except ValueError as problem:
        parser.error(str(problem))
    if options.command[0] == "behaviour":
        from recipes.behaviour import table as behaviour_table

        print(behaviour_table(options.command[1:], options.work, options.failures))
        if options.publish:
            from recipes.publish import publish_behaviour

            publish_behaviour(options.command[1:])
        return
    if not (options.data and options.work):
        parser.error("--data and --work are needed")
    if options.command == ["evaluate"]:
        from recipes.evaluate import table

        print(table(options.data, options.work))
    elif options.command[0] == "publish" and len(options.command) == 2:
        from recipes.publish import publish

        print(publish(options.command[1], options.data, options.work))
    elif len(options.command) == 1 and options.command[0] in MAKERS:
        module, first = MAKERS[options.command[0]]
        bound = {"minutes": options.minutes} if options.minutes and options.command == ["causal-ja"] else {}
        print(import_module(module).make(*first, options.data, options.work, **bound))
    else:
        parser.error(f"expected an id, publish <id>, evaluate or behaviour [ids], found {' '.join(options.command)}")


if __name__ == "__main__":
    main()
