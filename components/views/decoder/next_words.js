const SHOWN = 12

export default function ({ parentElement, data, setStateValue, setTriggerValue }) {
  const part = (name) => parentElement.querySelector("." + name)
  const root = part("two")
  ;(parentElement.host ?? root).dataset.figure = ""
  const state = (root.state ??= {})
  const shown = JSON.stringify([data.logits, data.words, data.labels])
  state.data = data
  state.sendWord = (id) => setTriggerValue("word", id)
  state.sendSettings = (settings) => setStateValue("settings", settings)
  if (state.shown !== shown) {
    Object.assign(state, { shown, logits: unpack(data.logits) })
    if (!state.settings) state.settings = { ...data.settings }
  }
  const given = JSON.stringify(data.settings)
  if (state.given !== given) { state.given = given; state.settings = { ...data.settings } }
  sliders(part("sliders"), state, () => draw(part("bars"), part("kept"), state))
  draw(part("bars"), part("kept"), state)
}

const element = (kind, className, text = "") => {
  const made = document.createElement(kind)
  made.className = className; made.textContent = text
  if (kind === "button") made.type = "button"
  return made
}

const unpack = (text) => new Float32Array(Uint8Array.from(atob(text), (one) => one.charCodeAt(0)).buffer)

function sliders(place, state, redraw) {
  const { data } = state
  if (place.childElementCount === 0) {
    for (const name of Object.keys(data.sliders)) {
      const label = element("label", ""), input = element("input", "")
      input.type = "range"; input.dataset.name = name
      label.append(element("span", ""), element("output", ""), input)
      place.append(label)
      input.oninput = () => { state.settings[name] = Number(input.value); show(); redraw() }
      input.onchange = () => send()
    }
    const reset = element("button", "reset")
    reset.onclick = () => {
      for (const [name, slider] of Object.entries(state.data.sliders)) state.settings[name] = slider.off
      show(); redraw(); send()
    }
    place.append(reset)
  }
  const send = () => { state.given = JSON.stringify(state.settings); state.sendSettings({ ...state.settings }) }
  const show = () => {
    for (const input of place.querySelectorAll("input")) {
      const slider = state.data.sliders[input.dataset.name], [name, value] = [input.previousSibling.previousSibling, input.previousSibling]
      input.min = slider.least; input.max = slider.most; input.step = slider.step; input.value = state.settings[input.dataset.name]
      name.textContent = slider.label
      value.textContent = slider.step < 1 ? Number(input.value).toFixed(2) : input.value
    }
    const reset = place.querySelector(".reset")
    reset.textContent = state.data.labels.reset
    reset.disabled = Object.entries(state.data.sliders).every(([name, slider]) => state.settings[name] === slider.off)
  }
  show()
}

// Probabilities of the highest logits and of the bins of the rest at a temperature; then what top-k, top-p and min-p keep, in this order.
export function chances(logits, rest, { temperature, top_k, top_p, min_p }) {
  const greedy = temperature === 0, highest = logits[0]
  const weight = (logit) => greedy ? Number(logit === highest) : Math.exp((logit - highest) / temperature)
  const own = Array.from(logits, weight), bins = rest.map(([height, count]) => [weight(height) * count, count])
  if (greedy) own.fill(0, 1)
  let kept = own.length, keptBins = bins.length && !greedy
  if (greedy) kept = 1
  if (top_k > 0 && top_k < kept) { kept = top_k; keptBins = false }
  const total = () => own.slice(0, kept).reduce((a, b) => a + b, 0) + (keptBins ? bins.reduce((a, [mass]) => a + mass, 0) : 0)
  if (top_p < 1) {
    const enough = top_p * total()
    let sum = 0, n = 0
    while (n < kept && sum < enough) sum += own[n++]
    if (n < kept || sum >= enough) { kept = n; keptBins = false }
  }
  if (min_p > 0) {
    let n = kept
    while (n > 1 && own[n - 1] < min_p * own[0]) n--
    if (n < kept || (bins.length && bins.at(-1)[0] / bins.at(-1)[1] < min_p)) keptBins = false
    kept = n
  }
  const sum = total(), share = own.map((mass, i) => i < kept ? mass / sum : 0)
  const binned = keptBins ? bins.map(([mass, count]) => [mass / sum, count]) : []
  const log = (p) => p > 0 ? p * Math.log2(p) : 0
  const bits = -share.reduce((a, p) => a + log(p), 0) - binned.reduce((a, [p, count]) => a + count * log(p / count), 0)
  return { share, kept: kept + binned.reduce((a, [, count]) => a + count, 0), bits: Math.max(0, bits) }
}

function draw(bars, kept, state) {
  const { data, logits, settings } = state, labels = data.labels
  const off = Object.fromEntries(Object.entries(data.sliders).map(([name, slider]) => [name, slider.off]))
  const own = (state.own?.of === state.shown ? state.own : (state.own = { of: state.shown, ...chances(logits, data.rest, off) })).share
  const now = chances(logits, data.rest, settings)
  const held = bars.getRootNode().activeElement, focused = held && bars.contains(held) ? [...bars.children].indexOf(held) : -1
  bars.replaceChildren()
  const percent = (p) => p === 0 ? "0%" : p < 0.001 ? "<0.1%" : p < 0.0995 ? `${(100 * p).toFixed(1)}%` : `${Math.round(100 * p)}%`
  let shown = 0
  for (const [i, [id, text, addable]] of data.words.slice(0, SHOWN).entries()) {
    const cut = now.share[i] === 0, row = element(addable ? "button" : "div", cut ? "candidate cut" : "candidate"), track = element("span", "track")
    const name = element("span", "name")
    if (text.trim()) { if (/^\s/.test(text)) name.append(element("i", "", "␣")); name.append(text.trimStart()) }
    else name.append(element("i", "", text.includes("\n") ? labels.line : labels.space))
    track.append(element("i", ""), element("b", ""))
    track.firstChild.style.width = `${100 * now.share[i]}%`; track.lastChild.style.width = `${100 * own[i]}%`
    row.append(name, track, element("span", "number", cut ? labels.cut : percent(now.share[i])))
    if (addable) { row.title = labels.add; row.onclick = () => state.sendWord(id) }
    bars.append(row)
    shown += now.share[i]
  }
  const rest = element("div", "candidate rest"), track = element("span", "track")
  const others = Math.max(0, now.kept - Math.min(SHOWN, data.words.length))
  track.append(element("i", "")); track.firstChild.style.width = `${Math.max(0, 100 * (1 - shown))}%`
  rest.append(element("span", "name", labels.others.replace("{n}", others.toLocaleString("en"))), track, element("span", "number", percent(Math.max(0, others ? 1 - shown : 0))))
  bars.append(rest)
  if (focused >= 0) bars.children[focused]?.focus?.()
  kept.textContent = labels.kept.replace("{kept}", now.kept.toLocaleString("en")).replace("{all}", data.vocabulary.toLocaleString("en")).replace("{bits}", now.bits.toFixed(2))
}
