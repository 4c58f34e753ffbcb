// One text at a time. A press is counted here at once and sent with all that the server has not yet confirmed, each under its own number and with
// the row that was on the screen: so none is lost, none counts twice, and none lands on the text that came next.
const MOST_SENT = 500, MOST_BACK = 50, BOUNCE = 120 // milliseconds in which a finger doesn't press twice

export default function ({ parentElement, data, setStateValue }) {
  const root = parentElement.querySelector(".desk"), state = (root.state ??= {})
  ;(parentElement.host ?? root).dataset.figure = ""
  if (state.job !== data.job) begin(state, data)
  state.data = data
  state.transmit = (entries) => setStateValue("answers", { job: state.job, token: state.token, entries })
  if (data.token === state.token) {
    state.pending = state.pending.filter(([number]) => number > data.applied)
    keep(state)
    if (state.pending.length && state.pending.at(-1)[0] > state.sent) send(state)
  }
  refill(state)
  draw(root, state)
  if (state.restored) { state.restored = false; send(state) }
  document.removeEventListener("keydown", state.listening)
  state.listening = (event) => pressed(event, root, state)
  document.addEventListener("keydown", state.listening)
  return () => document.removeEventListener("keydown", state.listening)
}

const element = (kind, className, text = "") => {
  const made = document.createElement(kind)
  made.className = className; made.textContent = text
  if (kind === "button") made.type = "button"
  return made
}

function begin(state, data) {
  Object.assign(state, { job: data.job, token: Math.random().toString(36).slice(2, 14), number: 0, sent: 0, pending: [], current: null, queue: [],
    history: [...data.history], last: null, drawn: null, at: 0 })
  try { // what a tab that was closed had not got through
    const left = JSON.parse(sessionStorage.getItem(`himotoku-label-${data.job}`) ?? "[]")
    for (const [, ...entry] of left) state.pending.push([++state.number, ...entry])
  } catch { state.pending = [] }
  state.restored = state.pending.length > 0
}

function keep(state) {
  try {
    if (state.pending.length) sessionStorage.setItem(`himotoku-label-${state.job}`, JSON.stringify(state.pending))
    else sessionStorage.removeItem(`himotoku-label-${state.job}`)
  } catch { /* a browser that keeps nothing */ }
}

function send(state) {
  const entries = state.pending.slice(0, MOST_SENT)
  state.sent = entries.at(-1)?.[0] ?? state.sent
  keep(state)
  state.transmit(entries)
}

// What the server would ask next, without what was answered meanwhile. The text on the screen stays.
function refill(state) {
  const answered = new Map()
  for (const [, row, given] of state.pending) answered.set(row, given !== null)
  state.queue = state.data.queue.filter((one) => !answered.get(one.row) && one.row !== state.current?.row)
  if (state.current && answered.get(state.current.row)) state.current = null
  state.current ??= state.queue.shift() ?? null
}

function answer(root, state, given) {
  const one = state.current
  if (!one) return
  state.pending.push([++state.number, one.row, given, one.random ? 1 : 0, one.guess])
  state.history.push({ ...one, given })
  if (state.history.length > MOST_BACK) state.history.shift()
  state.last = { ...one, given }
  state.current = state.queue.shift() ?? null
  send(state)
  draw(root, state, true)
}

function undo(root, state) {
  const one = state.history.pop()
  if (!one) return
  state.pending.push([++state.number, one.row, null, one.random ? 1 : 0, one.guess])
  if (state.current) state.queue.unshift(state.current)
  const { given, ...question } = one
  state.current = { ...question, before: given }
  state.last = null
  send(state)
  draw(root, state, true)
}

const WRITES = "input, textarea, select, [contenteditable=''], [contenteditable=true], [role=textbox], [role=combobox], [role=listbox], [role=slider]"

function pressed(event, root, state) {
  if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return
  if (!root.isConnected || !root.checkVisibility()) return
  const path = event.composedPath()
  if (path.some((one) => one instanceof Element && one.matches(WRITES) && one.type !== "checkbox")) return
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code)?.[1] ?? (/^[0-9]$/.test(event.key) ? event.key : null)
  if (digit === "0") answer(root, state, state.data.skip)
  else if (digit) { const one = state.data.classes[Number(digit) - 1]; if (one) answer(root, state, one.number); else return }
  else if (event.code === "KeyU" || event.key === "u") undo(root, state)
  else return
  event.preventDefault()
}

// A finger that trembles on a button answers once.
function tapped(state, act) {
  return (event) => {
    if (event.detail > 1 && event.timeStamp - state.at < BOUNCE) return
    state.at = event.timeStamp
    act()
  }
}

function counts(state) {
  const now = { ...state.data.counts }, of = new Map(state.data.history.map((one) => [one.row, one.given]))
  const add = (given, n) => { now[given] = (now[given] ?? 0) + n }
  for (const [, row, given] of state.pending) {
    if (given === null) { if (of.has(row)) add(of.get(row), -1); of.delete(row) }
    else { if (of.has(row)) add(of.get(row), -1); add(given, 1); of.set(row, given) }
  }
  return now
}

function draw(root, state, spoken = false) {
  const { data } = state, labels = data.labels, part = (name) => root.querySelector("." + name), one = state.current
  const now = counts(state), skipped = now[data.skip] ?? 0
  const labelled = Object.entries(now).reduce((sum, [given, n]) => sum + (Number(given) === data.skip ? 0 : n), 0)
  const left = Math.max(0, data.rows - labelled - skipped)
  const said = (text, values) => Object.entries(values).reduce((words, [name, value]) => words.replace(`{${name}}`, value.toLocaleString("en")), text)
  part("count").textContent = said(labels.count, { labelled, skipped, left })
  part("row").textContent = one ? said(labels.row, { row: one.name }) : ""
  part("bar").firstChild.style.width = `${100 * (labelled + skipped) / Math.max(1, data.rows)}%`
  part("text").textContent = one ? one.text : left ? labels.waiting : labels.all_done
  part("text").classList.toggle("long", (one?.text.length ?? 0) > 160)
  part("text").classList.toggle("empty", !one)
  if (one) part("text").lang = data.language; else part("text").removeAttribute("lang")
  if (spoken) part("text").scrollTop = 0
  classes(root, state, now)
  const skip = part("skip"), back = part("back"), model = part("model")
  label(skip, "0", labels.skip); label(back, "U", labels.undo)
  skip.disabled = !one; back.disabled = !state.history.length
  skip.setAttribute("aria-keyshortcuts", "0"); back.setAttribute("aria-keyshortcuts", "u")
  skip.onclick = tapped(state, () => answer(root, state, data.skip)); back.onclick = tapped(state, () => undo(root, state))
  const hidden = hides()
  model.textContent = labels.model; model.setAttribute("aria-pressed", String(!hidden))
  model.onclick = () => { hide(!hidden); draw(root, state) }
  told(part("told"), state, hidden)
  if (spoken) part("live").textContent = [part("told").textContent, one ? said(labels.next, { text: one.text }) : part("text").textContent].filter(Boolean).join(" ")
}

function label(button, key, words) {
  button.replaceChildren(element("kbd", "", key), words)
}

function classes(root, state, now) {
  const box = root.querySelector(".classes"), { data } = state, shown = JSON.stringify(data.classes)
  box.setAttribute("aria-label", data.labels.classes)
  box.classList.toggle("many", data.classes.length > 9)
  if (state.drawn !== shown) {
    state.drawn = shown
    box.replaceChildren(...data.classes.map(({ number, name }, place) => {
      const button = element("button", "class")
      if (place < 9) { button.append(element("kbd", "", String(place + 1))); button.setAttribute("aria-keyshortcuts", String(place + 1)) }
      const words = element("span", "name", "")
      words.append(...name.split(/(?<=[_/-])/).flatMap((part) => [part, document.createElement("wbr")]))  // lines break after these signs
      button.append(words, element("span", "n", ""))
      button.dataset.number = number
      button.onclick = tapped(state, () => answer(root, state, number))
      return button
    }))
  }
  for (const button of box.children) {
    const number = Number(button.dataset.number), count = now[number] ?? 0
    button.lastChild.textContent = count.toLocaleString("en")
    button.disabled = !state.current
    button.classList.toggle("before", state.current?.before === number)
  }
}

// What was said of the text before: the person's answer, and the model's, which comes only now so that it leads nobody.
function told(box, state, hidden) {
  const { last, data } = state, labels = data.labels
  box.replaceChildren()
  if (!last) return
  const name = (number) => number === data.skip ? labels.skipped : data.classes.find((one) => one.number === number)?.name ?? "?"
  box.append(`${labels.you} `, element("b", "", name(last.given)))
  if (hidden || last.guess === null || last.given === data.skip) return
  const agrees = last.guess === last.given
  box.append(element("span", agrees ? "same" : "other", ` ${agrees ? "=" : "≠"} `), `${labels.it} `, element("b", "", name(last.guess)), ` ${Math.round(100 * last.confidence)}%`)
}

const PLACE = "himotoku-label-model"
function hides() { try { return localStorage.getItem(PLACE) === "0" } catch { return false } }
function hide(yes) { try { localStorage.setItem(PLACE, yes ? "0" : "1") } catch { /* stays as it is */ } }
