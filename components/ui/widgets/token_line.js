const SVG = "http://www.w3.org/2000/svg"
const make = (name, attributes = {}) => set(document.createElementNS(SVG, name), attributes)
const set = (element, attributes) => { for (const name in attributes) element.setAttribute(name, attributes[name]); return element }
const KEPT = /^[、。，．,.!?！？:;：；」』）)\]’”…ー]/, OPENS = /[「『（(\[“‘]$/ // no line begins or ends with these
const LEAST = 0.02

export default function ({ parentElement, data, setTriggerValue }) {
  const part = (name) => parentElement.querySelector("." + name)
  const figure = parentElement.querySelector("figure"), box = part("box"), line = part("line"), svg = parentElement.querySelector("svg")
  ;(parentElement.host ?? figure).dataset.figure = ""
  figure.classList.toggle("below", data.below)
  line.setAttribute("aria-label", data.label)
  part("aside").textContent = data.aside

  const state = (line.state ??= { threads: new Map() })
  state.data = data
  state.send = (word) => data.sends && setTriggerValue("picked", word)
  const words = JSON.stringify([data.words, data.special, data.continues, data.slots])
  const another = state.words !== words
  if (another) { state.words = words; state.hover = undefined; build(line, svg, state) }
  if (another || data.sends) state.chosen = data.chosen
  state.layout = () => { fit(box, line, state); draw(box, line, svg, part("finding"), state) }
  state.draw = () => draw(box, line, svg, part("finding"), state)
  listen(line, state)
  state.watch?.disconnect()
  state.watch = new ResizeObserver(() => { if (line.clientWidth !== state.width) state.layout() })
  state.watch.observe(parentElement.host ?? figure)
  document.fonts.ready.then(state.layout)
  state.layout()
  if (another && box.classList.contains("long")) box.scrollTop = state.buttons[state.chosen].offsetTop - box.clientHeight / 2
  return () => { state.watch.disconnect(); clearTimeout(state.later) }
}

function build(line, svg, state) {
  const { data } = state
  svg.replaceChildren()
  state.threads.clear()
  line.replaceChildren(svg)
  state.buttons = data.words.map((word, i) => {
    const button = document.createElement("button")
    button.type = "button"; button.dir = "auto"; button.textContent = word; button.dataset.i = i
    button.classList.toggle("special", data.special.includes(i))
    button.classList.toggle("continues", data.continues.includes(i))
    if (data.slots[i]) button.appendChild(document.createElement("small")).textContent = data.slots[i]
    return line.appendChild(button)
  })
  for (let i = state.buttons.length - 1; i > 0; i--) {
    if (!KEPT.test(data.words[i]) && !OPENS.test(data.words[i - 1]) && !data.continues.includes(i)) continue
    let kept = state.buttons[i].parentNode
    if (kept === line) {
      kept = document.createElement("span"); kept.className = "keep"
      line.insertBefore(kept, state.buttons[i]); kept.append(state.buttons[i])
    }
    kept.prepend(state.buttons[i - 1])
  }
}

// The largest type in which the sentence fits its height; a long text scrolls in a box of that height, a longer sentence makes it grow.
function fit(box, line, state) {
  const { data } = state, small = line.clientWidth < 600, long = data.words.length > data.most
  box.classList.toggle("long", long)
  line.style.minHeight = data.height + "px"
  box.style.maxHeight = long ? data.height + "px" : ""
  const sizes = long ? [small ? 18 : 20] : [data.size, 34, 28, 25, 22].filter((size) => size <= Math.min(data.size, small ? 25 : data.size))
  state.width = line.clientWidth
  for (const size of sizes) {
    line.classList.remove("rows")
    line.style.fontSize = size + "px"
    const last = state.buttons.at(-1)
    line.classList.toggle("rows", last.getBoundingClientRect().top > state.buttons[0].getBoundingClientRect().bottom)
    if (line.offsetHeight <= data.height) break
  }
}

function draw(box, line, svg, finding, state) {
  const { data, buttons, threads } = state, shown = state.hover ?? state.chosen
  const flat = data.threads[shown] ?? [], weights = new Map()
  for (let n = 0; n < flat.length; n += 2) weights.set(flat[n], flat[n + 1] / 1000)
  buttons.forEach((button, i) => {
    const weight = weights.get(i) ?? 0, goal = i !== shown && weight >= 0.05
    button.style.backgroundColor = goal ? `color-mix(in srgb, var(--hi-ai) ${Math.round(Math.min(30, weight * 32))}%, transparent)` : ""
    button.classList.toggle("goal", goal)
    button.setAttribute("aria-pressed", i === state.chosen)
    button.tabIndex = i === state.chosen ? 0 : -1
  })
  const [kind, target, other, percent] = data.found[shown], all = line.getBoundingClientRect()
  const place = (i) => {
    const one = buttons[i].getBoundingClientRect()
    return { x: one.left + one.width / 2 - all.left, top: one.top - all.top, bottom: one.bottom - all.top }
  }
  const from = place(shown)
  state.number?.remove()
  for (const [i, path] of threads) if ((weights.get(i) ?? 0) < LEAST) { path.remove(); threads.delete(i) }
  for (const [i, weight] of [...weights].sort((a, b) => a[1] - b[1])) {
    if (weight < LEAST) continue
    const { d, x, y } = thread(from, place(i), i === shown, state.buttons[0].getBoundingClientRect().top - all.top)
    if (!threads.has(i)) threads.set(i, make("path"))
    const path = threads.get(i)
    path.setAttribute("d", d)
    path.style.strokeWidth = 1.2 + 7 * weight
    path.style.opacity = 0.34 + 0.66 * Math.min(1, weight * 1.6)
    svg.append(path) // the strongest last, over the others
    if (i === target) state.number = number(x, y, weight, all.width)
  }
  if (state.number && weights.has(target)) svg.append(state.number)
  say(finding, data.said[kind], { a: shown, b: target, c: other }, percent, data)
  if (state.told !== shown) {
    state.told = shown
    document.dispatchEvent(new CustomEvent("himotoku-word", { detail: { line: data.name, word: shown } }))
  }
}

// Where a thread runs: over the words of its own line, through the gap to the next line, by the margin to a line further off. It crosses no word.
function thread(from, to, itself, first) {
  const gap = 34
  if (itself) {
    const y = from.top + 4
    return { d: `M${from.x - 7} ${y}C${from.x - 20} ${y - 34} ${from.x + 20} ${y - 34} ${from.x + 7} ${y}`, x: from.x, y: y - 26 }
  }
  if (Math.abs(from.top - to.top) < 12) {
    const y = from.top + 4, end = to.top + 4, room = from.top - first < 12 ? Math.max(gap, from.top - 16) : gap - 4
    const bend = Math.min(room, 22 + Math.abs(from.x - to.x) * 0.2) * 1.33
    return { d: `M${from.x} ${y}C${from.x} ${y - bend} ${to.x} ${end - bend} ${to.x} ${end}`, x: (from.x + to.x) / 2, y: (y + end) / 2 - bend * 0.75 }
  }
  const up = to.top < from.top, start = up ? from.top : from.bottom, end = up ? to.bottom : to.top
  if (Math.abs(end - start) < gap * 1.9) {
    const y = (start + end) / 2
    return { d: `M${from.x} ${start}C${from.x} ${y} ${to.x} ${y} ${to.x} ${end}`, x: (from.x + to.x) / 2, y }
  }
  const turn = (up ? -1 : 1) * (gap / 2), one = start + turn, two = end - turn, edge = 5
  const bend = `M${from.x} ${start}Q${from.x} ${one} ${Math.max(edge, from.x - 22)} ${one}H${edge + 6}Q${edge} ${one} ${edge} ${one + Math.sign(turn) * 6}`
  const d = `${bend}V${two - Math.sign(turn) * 6}Q${edge} ${two} ${edge + 6} ${two}H${Math.max(edge, to.x - 22)}Q${to.x} ${two} ${to.x} ${end}`
  return { d, x: to.x - 46, y: two }
}

function number(x, y, weight, width) {
  const group = make("g"), middle = Math.min(Math.max(x, 24), width - 24), high = Math.max(y, 13)
  group.append(make("rect", { x: middle - 23, y: high - 11.5, width: 46, height: 23, rx: 11.5 }))
  group.append(make("text", { x: middle, y: high + 4.5 }))
  group.lastChild.textContent = weight.toFixed(2)
  return group
}

// The sentence of the figure: the app's words, and the reader's between their quotation marks in gothic. Text nodes alone, never HTML.
function say(finding, sentence, places, percent, data) {
  const parts = sentence.split(/([\ue000-\ue003])/)
  const pieces = parts.flatMap((piece) => {
    const name = { "\ue000": "a", "\ue001": "b", "\ue002": "c" }[piece]
    if (piece === "\ue003") return [String(percent)]
    if (name === undefined) return [piece]
    const word = data.words[places[name]]
    if (data.special.includes(places[name])) return [word]
    const quoted = document.createElement("q")
    quoted.textContent = word
    return [data.quotes[0], quoted, data.quotes[1]]
  })
  finding.replaceChildren(...pieces)
}

function listen(line, state) {
  const word = (event) => { const i = event.target.closest?.("button")?.dataset.i; return i === undefined ? undefined : +i }
  const choose = (i) => { state.chosen = i; state.hover = undefined; state.draw() }
  line.onpointerover = (event) => { const i = word(event); if (i !== undefined && event.pointerType !== "touch" && i !== state.hover) { state.hover = i; state.draw() } }
  line.onpointerleave = () => { if (state.hover !== undefined) { state.hover = undefined; state.draw() } }
  line.onclick = (event) => { const i = word(event); if (i !== undefined) { choose(i); state.send(i) } }
  line.onkeydown = (event) => {
    const i = word(event), to = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: state.buttons.length - 1 }[event.key]
    if (to === undefined || !state.buttons[to]) return
    event.preventDefault()
    choose(to); state.buttons[to].focus()
    clearTimeout(state.later)
    state.later = setTimeout(() => state.send(to), 300) // a held arrow key is one rerun
  }
}
