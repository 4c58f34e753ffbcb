export default function ({ parentElement, data, setTriggerValue }) {
  const block = parentElement.querySelector(".block")
  ;(parentElement.host ?? block).dataset.figure = ""
  block.setAttribute("aria-label", data.label)
  const focused = block.contains(parentElement.activeElement ?? document.activeElement)
  const make = (name, kind = "div") => { const one = document.createElement(kind); one.className = name; return one }
  const buttons = data.stages.map((stage) => {
    const button = make("", "button"), shape = document.createElement("small")
    button.type = "button"; button.setAttribute("role", "radio"); button.dataset.name = stage.name
    if (stage.role) button.dataset.role = stage.role
    shape.textContent = stage.shape
    button.append(stage.label, shape)
    return button
  })
  const of = (...names) => names.map((name) => buttons[data.stages.findIndex((stage) => stage.name === name)])
  const row = make("row"), title = (text) => { const one = document.createElement("h3"); one.textContent = text; return one }
  const attention = make("", "section"), network = make("", "section"), first = make("sub"), second = make("sub"), tail = make("tail")
  row.append(...of("query", "key", "value"))
  row.querySelectorAll("small").forEach((shape) => shape.remove())
  attention.append(title(data.attention), row, ...of("scores", "weights", "heads", "attention_output"))
  network.append(title(data.network), ...of("ffn_hidden", "ffn_activation", "ffn_output"))
  first.append(...of("input"), attention, ...of("attention_residual"))
  second.append(...of("attention_norm"), network, ...of("ffn_residual"))
  tail.append(...of("output"))
  block.replaceChildren(first, second, tail)
  let at = data.stages.findIndex((stage) => stage.name === data.chosen)
  const light = () => {
    buttons.forEach((button, i) => {
      button.classList.toggle("lit", i <= at)
      button.setAttribute("aria-checked", i === at)
      button.tabIndex = i === at ? 0 : -1
    })
    const passed = (name) => at >= data.stages.findIndex((stage) => stage.name === name)
    first.classList.toggle("lit", passed("attention_residual"))
    second.classList.toggle("lit", passed("ffn_residual"))
  }
  light()
  if (focused) buttons[at].focus()
  block.onclick = (event) => {
    const i = buttons.indexOf(event.target.closest("button"))
    if (i < 0) return
    at = i; light(); setTriggerValue("picked", data.stages[i].name)
  }
  block.onkeydown = (event) => {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key]
    if (!step || !buttons[at + step]) return
    event.preventDefault()
    at += step; light(); buttons[at].focus()
    clearTimeout(block.later)
    block.later = setTimeout(() => setTriggerValue("picked", data.stages[at].name), 300)
  }
}
