# Run this in the app's folder: `load` gives the bundled models, those of the Hub (google-bert/bert-base-uncased) and your own runs alike.
from components.models import load

# --- your settings ---
models = ["nsp-en"]
first = "The cat sat on the mat."
second = "It was very comfortable."
# --- the computation ---
# Inside, class 0 of BertForNextSentencePrediction is "is next".
probabilities = {model: float(load(model, "next_sentence").predict([(first, second)])[0]) for model in models}
for model, probability in probabilities.items():
    print(f"{model}: P(IsNext) = {probability:.4f}, P(NotNext) = {1 - probability:.4f}")
