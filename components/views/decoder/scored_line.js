export default function ({ parentElement, data }) {
  const part = (name) => parentElement.querySelector("." + name)
  const root = part("two"), line = part("line"), side = part("side")
  ;(parentElement.host ?? root).dataset.figure = ""
  root.style.setProperty("--tint", `var(--hi-${data.role})`)
  line.setAttribute("aria-label", data.label)
  line.classList.toggle("going", data.going)
  const shown = JSON.stringify([data.tokens, data.chosen, data.labels])
  if (root.shown === shown) return
  root.shown = shown
  build(line, side, data)
}

const element = (kind, className, text = "") => {
  const made = document.createElement(kind)
  made.className = className; made.textContent = text
  if (kind === "button") made.type = "button"
  return made
}

function build(line, side, data) {
  const buttons = []
  line.replaceChildren(...data.tokens.flatMap(([text, strength], i) => {
    if (strength < 0 && !data.tokens[i][2]) return element("span", "given", text)
    const button = element("button", strength < 0 ? "given" : "", text || "·") // a part of a character
    button.style.setProperty("--strength", Math.max(0, strength))
    button.i = i
    button.onclick = button.onpointerenter = button.onfocus = () => look(i)
    buttons.push(button)
    if (!text.includes("\n")) return button
    button.textContent = text.replaceAll("\n", "↵")
    return [button, element("br", "")] // within a button a break is none
  }))
  const look = (i) => {
    for (const one of buttons) { one.setAttribute("aria-pressed", one.i === i); one.tabIndex = one.i === i ? 0 : -1 }
    tell(side, data, i)
  }
  buttons.forEach((button, i) => {
    button.onkeydown = (event) => {
      const other = { ArrowRight: buttons[i + 1], ArrowLeft: buttons[i - 1], Home: buttons[0], End: buttons.at(-1) }[event.key]
      if (other) { event.preventDefault(); other.focus() }
    }
  })
  side.replaceChildren()
  if (buttons.length) look((buttons.find((one) => one.i === data.chosen) ?? buttons[0]).i)
}

function tell(side, data, i) {
  const [, , words, best] = data.tokens[i], bars = element("div", "bars")
  for (const [text, share, percent, own] of best) {
    const row = element("div", "candidate"), name = element("span", "name"), track = element("span", "track")
    if (text.trim()) { if (/^\s/.test(text)) name.append(element("i", "", "␣")); name.append(text.trimStart()) }
    else name.append(element("i", "", text.includes("\n") ? data.labels.line : data.labels.space))
    if (own) name.append(element("em", "", data.labels.own))
    track.append(element("i", "")); track.firstChild.style.width = `${Math.max(0.6, 100 * share)}%`
    row.append(name, track, element("span", "number", percent))
    bars.append(row)
  }
  side.replaceChildren(element("p", "said", words), bars)
}
