"""The answer to a question as a span of a text: start and end scores, the best pair, and "no answer". Run it in the project's folder."""

import torch

from components.models import load

# --- your settings ---
model_id = "qa-en"
question = "When was the Transformer introduced?"
context = "The Transformer is a deep learning model introduced in 2017, used primarily in natural language processing."
threshold = 0.0
# --- the computation ---

answerer = load(model_id, "qa")
model = answerer.model  # a transformers question-answering model
asked = answerer.ask(question, context)  # tokens, the characters each stands for, and the windows
low, high = asked.windows[0]
inputs = answerer.aligner.join(asked.question, asked.context, (0, asked.question_length), (low, high))  # [CLS] question [SEP] text [SEP]
with torch.no_grad():
    output = model(
        input_ids=torch.tensor([inputs.ids]),
        attention_mask=torch.tensor([inputs.attention_mask]),
        token_type_ids=torch.tensor([inputs.token_type_ids]),
    )
start = output.start_logits[0] / answerer.temperature  # (T,)
end = output.end_logits[0] / answerer.temperature  # (T,)

# A span's score is its start's plus its end's; "no answer" is the span of [CLS] alone (Devlin et al. 2019, sections 4.2 and 4.3).
places = [place for place, sequence in enumerate(inputs.sequence) if sequence == 1]  # the text's tokens
scores = {
    (first, last): float(start[first] + end[last])
    for first in places
    for last in range(first, min(first + answerer.max_answer_length, places[-1] + 1))
}
null_score = float(start[0] + end[0])
first, last = max(scores, key=scores.get)
print(f"best span: {context[inputs.spans[first][0] : inputs.spans[last][1]]!r}, score {scores[first, last]:.3f}")
print(f"no answer: score {null_score:.3f}")

# A text of several windows: every window is scored, and the best span of all wins. English answers are widened to whole words.
reading = answerer.read(question, context, threshold=threshold)
print(len(reading.windows), "windows;", "no answer" if reading.lead > threshold else "answered")
for answer in reading.candidates:
    print(f"{answer.text!r} {answer.start}-{answer.end} {answer.score:.3f}")
