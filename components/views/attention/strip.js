const SUPERSCRIPT = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" }

// Three significant digits, as components/charts/numbers.py writes them.
function written(value) {
  if (value === -Infinity) return "−∞"
  if (Math.abs(value) < 5e-7) return "0"
  const power = Math.floor(Math.log10(Math.abs(Number(value.toPrecision(3)))))
  if (power >= -3 && power < 6) return value.toFixed(Math.max(2 - power, 0)).replace("-", "−")
  const [digits] = value.toExponential(2).split("e")
  return digits.replace("-", "−") + "×10" + [...String(power)].map((sign) => SUPERSCRIPT[sign]).join("")
}

function element(name, className, ...children) {
  const made = document.createElement(name)
  if (className) made.className = className
  made.append(...children)
  return made
}

// Text in which what follows a √ stands under its bar.
function rooted(text) {
  const parts = text.split(/√([\wₖ]+)/)
  return parts.flatMap((part, place) => (place % 2 ? ["√", element("span", "root", part)] : [part]))
}

// The numbers of one cell in all states.
function numbers({ scores, weights, hidden, root }, row, column) {
  const scaled = scores[row][column] / (root ?? 1)
  const off = hidden?.[row][column] === "1"
  return { scores: scores[row][column], scaled, masked: off ? -Infinity : scaled, weights: weights[row][column] }
}

function drawn(view) {
  const gd = document.querySelector(`.st-key-figure-${view.data.chart} .js-plotly-plot`)
  return gd?._fullLayout && gd.on ? gd : null
}

function switchStates(view, onSwitch) {
  const group = view.root.querySelector(".states")
  group.setAttribute("aria-label", view.data.words.states)
  const open = view.data.states.filter((one) => !one.off || one.id === view.state)
  group.replaceChildren(...view.data.states.map((one) => {
    const button = element("button", "", ...rooted(one.name))
    const active = one.id === view.state
    Object.assign(button, { type: "button", disabled: one.off && !active, tabIndex: active ? 0 : -1 })
    button.setAttribute("role", "radio")
    button.setAttribute("aria-checked", String(active))
    button.onclick = () => onSwitch(one.id)
    button.onkeydown = (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
      if (!step) return
      event.preventDefault()
      const place = open.findIndex((other) => other.id === view.state)
      onSwitch(open[(place + step + open.length) % open.length].id)
      group.querySelector("[aria-checked=true]").focus()
    }
    return button
  }))
}

function writeSum(view, row, column) {
  const { data } = view
  if (!(data.scores[row]?.[column] !== undefined)) return
  const value = numbers(data, row, column)
  const label = {
    scores: [element("span", "q", "q"), "·", element("span", "k", "k"), " = "],
    scaled: ["÷ ", ...rooted(`√${data.dimension}`), " = "],
    masked: [`${data.words.masked} = `],
    weights: [`${data.words.softmax} = `],
  }
  const open = data.states.filter((one) => !one.off).map((one) => one.id)
  const order = open.includes(view.state) ? [view.state, ...open.filter((id) => id !== view.state)] : open
  const who = element("span", "who", data.words.pair.replace("{row}", data.rows[row]).replace("{column}", data.columns[column]))
  const parts = order.map((id) => {
    const number = element("b", "", written(value[id]))
    // The result stands first: its number before what it is.
    return id === view.state ? element("span", "part on", number, " = ", ...label[id].slice(0, -1), label[id].at(-1).replace(/ = $/, "")) : element("span", "part", ...label[id], number)
  })
  view.root.querySelector(".sum").replaceChildren(who, ...parts)
}

function showState(view) {
  const gd = drawn(view)
  if (!gd || !window.Plotly?.restyle) return
  window.Plotly.restyle(gd, { visible: gd.data.map((trace) => trace.meta?.stages?.includes(view.state) ?? true) })
}

function moveFrames(view) {
  const gd = drawn(view)
  const [row, column] = view.cell
  const update = { "shapes[0].y0": row - 0.5, "shapes[0].y1": row + 0.5, "shapes[1].x0": column - 0.5, "shapes[1].x1": column + 0.5,
    "shapes[2].x0": column - 0.5, "shapes[2].x1": column + 0.5, "shapes[2].y0": row - 0.5, "shapes[2].y1": row + 0.5 }
  if (gd && window.Plotly?.relayout) window.Plotly.relayout(gd, update)
}

// Pointing at a cell of the figure writes it out; leaving brings back the chosen one.
function follow(view, tries = 100) {
  const gd = drawn(view)
  if (!gd) return tries && setTimeout(() => follow(view, tries - 1), 100)
  if (gd._ev.himotoku) return
  gd._ev.himotoku = true
  gd.on("plotly_hover", (event) => {
    const point = event.points.find((one) => one.data.name === "cells")
    if (point) writeSum(view, Math.floor(point.pointNumber / view.data.columns.length), point.pointNumber % view.data.columns.length)
  })
  gd.on("plotly_unhover", () => writeSum(view, ...view.cell))
}

export default function ({ data, parentElement, setTriggerValue }) {
  const host = parentElement.getRootNode().host ?? parentElement
  host.dataset.figure = ""
  const view = (parentElement.himotoku ??= { root: parentElement })
  Object.assign(view, { data, state: data.state, cell: data.cell })
  const onSwitch = (state) => {
    view.state = state
    switchStates(view, onSwitch)
    writeSum(view, ...view.cell)
    showState(view)
    setTriggerValue("state", state)
  }
  const focused = parentElement.querySelector(".states button:focus") !== null
  switchStates(view, onSwitch)
  if (focused) parentElement.querySelector("[aria-checked=true]").focus()
  const sum = parentElement.querySelector(".sum")
  sum.setAttribute("aria-label", data.words.keys)
  sum.onkeydown = (event) => {
    const [down, right] = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] }[event.key] ?? [0, 0]
    if (!down && !right) return
    event.preventDefault()
    const kept = (place, count) => Math.max(0, Math.min(count - 1, place))
    view.cell = [kept(view.cell[0] + down, data.rows.length), kept(view.cell[1] + right, data.columns.length)]
    writeSum(view, ...view.cell)
    moveFrames(view)
    clearTimeout(view.rest)
    view.rest = setTimeout(() => setTriggerValue("cell", view.cell), 300)
  }
  writeSum(view, ...view.cell)
  follow(view)
}
