const KEPT = /^[、。，．,.!?！？:;：；」』）)\]’”…ー]/ // no line begins with these

export default function ({ parentElement, data, setTriggerValue }) {
  const part = (name) => parentElement.querySelector("." + name)
  const host = parentElement.host ?? part("two"), line = part("line"), bars = part("bars")
  host.dataset.figure = ""
  const state = (line.state ??= {})
  const shown = JSON.stringify([data.words, data.gaps, data.labels])
  if (state.shown !== shown) {
    const held = parentElement.activeElement ?? parentElement.getRootNode?.().activeElement, inside = held && line.contains(held)
    Object.assign(state, { shown, data, gap: 0 })
    state.send = (start) => setTriggerValue("hidden", start)
    build(line, bars, state)
    if (inside) (line.querySelector(".gap") ?? line.querySelector("button"))?.focus()
  }
  line.setAttribute("aria-label", data.labels.group)
  part("note").textContent = data.labels.note
  state.watch?.disconnect()
  state.watch = new ResizeObserver(() => fit(line, state))
  state.watch.observe(part("two"))
  document.fonts.ready.then(() => fit(line, state))
  return () => state.watch.disconnect()
}

const element = (kind, className, text = "") => {
  const made = document.createElement(kind)
  made.className = className; made.textContent = text
  if (kind === "button") made.type = "button"
  return made
}

function build(line, bars, state) {
  const { words, gaps, labels } = state.data
  line.replaceChildren()
  let kept = null
  words.forEach(([text, start, spaced, kind], i) => {
    const next = words[i + 1], glue = next && KEPT.test(next[0]) && !next[2]
    if (spaced) line.append(" ")
    if (glue && !kept) line.append(kept = element("span", "keep"))
    const holder = kept ?? line
    if (kind === "gap") {
      const number = gaps.findIndex((gap) => gap.at === i), gap = element("button", "gap")
      gap.setAttribute("aria-label", `${labels.gap}: ${gaps[number].fills.slice(0, 5).map(([token, , percent]) => `${token} ${percent}`).join(", ")}`)
      gap.setAttribute("aria-pressed", "true")
      fill(gap, gaps[number].fills.slice(0, 5), state)
      gap.onclick = () => start === state.data.hidden ? state.send(-1) : look(bars, line, state, number)
      gap.onpointerenter = gap.onfocus = () => look(bars, line, state, number)
      holder.append(gap)
    } else if (kind === "mark") holder.append(element("span", "mark", text))
    else {
      const word = element("button", "word", text)
      word.dir = "auto"
      word.setAttribute("aria-pressed", "false")
      word.onclick = () => state.send(start)
      holder.append(word)
    }
    if (kept && !glue) kept = null
  })
  const buttons = [...line.querySelectorAll("button")]
  buttons.forEach((button, i) => {
    button.tabIndex = -1
    button.onkeydown = (event) => {
      const other = { ArrowRight: buttons[i + 1], ArrowLeft: buttons[i - 1], Home: buttons[0], End: buttons.at(-1) }[event.key]
      if (other) { event.preventDefault(); other.focus() }
    }
  })
  const first = line.querySelector(".gap") ?? buttons[0]
  if (first) first.tabIndex = 0
  state.gap = -1
  look(bars, line, state, 0)
}

// Candidates in the gap: the size of a word follows the root of its probability.
function fill(gap, fills, state, alone = false) {
  gap.replaceChildren(...fills.map(([token, share, , goesOn], n) => {
    const one = element("span", n ? "" : "first", token)
    one.style.fontSize = `calc(12px + ${Math.sqrt(alone ? 0.5 : share).toFixed(3)} * var(--grow))`
    if (goesOn) one.prepend(element("i", "", "…"))
    return one
  }))
}

// The bars of one gap; pointing at one shows its word alone in the gap.
function look(bars, line, state, number) {
  const { gaps, labels } = state.data, gap = gaps[number]
  if (state.gap === number && gap) return
  state.gap = number
  bars.replaceChildren()
  if (!gap) { bars.append(element("p", "empty", labels.empty)); return }
  const button = line.querySelectorAll(".gap")[number]
  line.querySelectorAll(".gap").forEach((one, i) => one.classList.toggle("seen", gaps.length > 1 && i === number))
  if (gaps.length > 1) bars.append(element("p", "which", gap.name))
  const row = (name, share, percent, kind) => {
    const made = element(kind === "rest" ? "div" : "button", `candidate ${kind}`), label = element("span", "name", name), track = element("span", "track")
    track.append(element("i", "")); track.firstChild.style.width = `${Math.max(0.6, 100 * share)}%`
    made.append(label, track, element("span", "number", percent))
    return [bars.appendChild(made), label]
  }
  for (const one of gap.fills) {
    const [token, share, percent, goesOn, own] = one
    const [made, label] = row((goesOn ? "…" : "") + token, share, percent, "")
    if (own) label.append(element("em", "", labels.own))
    const show = () => { const size = button.getBoundingClientRect()
      if (!button.style.minWidth) { button.style.minWidth = `${size.width}px`; button.style.minHeight = `${size.height}px` }
      fill(button, [one], state, true) }
    const back = () => { button.style.minWidth = button.style.minHeight = ""; fill(button, gap.fills.slice(0, 5), state) }
    made.onpointerenter = made.onfocus = show
    made.onpointerleave = made.onblur = back
  }
  row(gap.others, gap.rest, gap.rest_percent, "rest")
}

// The sentence is as large as one line allows, and keeps its size while the gap moves from word to word.
function fit(line, state) {
  const small = line.clientWidth < 520, long = state.data.words.length > state.data.most
  line.classList.toggle("long", long)
  const of = JSON.stringify([state.data.sentence, line.clientWidth])
  if (state.fitted === of) return
  state.fitted = of
  for (const size of long ? [small ? 18 : 20] : small ? [25, 22] : [34, 32, 30, 28, 26]) {
    line.style.fontSize = `${size}px`
    const all = line.querySelectorAll(".word, .mark")
    if (!all.length || Math.abs(all[0].getBoundingClientRect().bottom - all[all.length - 1].getBoundingClientRect().bottom) < 20) break
  }
}
