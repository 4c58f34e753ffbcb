# Run this in the app's folder: `load` gives the bundled models, those of the Hub (google-bert/bert-base-uncased) and your own runs alike.
from components.models import load

# --- your settings ---
models = ["mlm-en"]
text = "The [MASK] is beautiful today."
top_k = 5
# --- the computation ---
fills = {model: load(model, "masked_lm").fill(text, top_k) for model in models}
for model, masks in fills.items():
    for number, best in enumerate(masks, start=1):
        print(f"{model}, [MASK] {number}")
        for fill in best:
            print(f"  {'##' if fill.continues_word else ''}{fill.token:16}{fill.score:.4f}")
