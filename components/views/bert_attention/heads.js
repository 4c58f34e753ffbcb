export default function ({ parentElement, data, setTriggerValue }) {
  const box = parentElement.querySelector(".kinds"), cells = data.size * data.size
  const bytes = Uint8Array.from(atob(data.pictures), (character) => character.charCodeAt(0))
  const focused = box.state?.buttons?.includes(parentElement.activeElement ?? document.activeElement) ? box.state.at : undefined
  const buttons = []
  box.setAttribute("aria-label", data.label)
  box.replaceChildren(...data.groups.map((group) => {
    const kind = document.createElement("section"), title = document.createElement("h3"), count = document.createElement("span")
    kind.className = "kind"
    kind.style.flex = `${group.heads.length} 1 112px`
    count.textContent = group.heads.length
    title.append(group.name + " ", count)
    const note = document.createElement("p"), heads = document.createElement("div")
    note.textContent = group.note
    heads.className = "heads"
    for (const [place, name] of group.heads) {
      const button = document.createElement("button"), canvas = document.createElement("canvas")
      button.type = "button"; button.title = name; button.dataset.place = place
      button.setAttribute("aria-label", name)
      button.setAttribute("aria-pressed", data.selected.includes(place))
      canvas.width = canvas.height = data.size
      button.append(canvas)
      buttons.push(button)
      heads.append(button)
    }
    kind.append(title, note, heads)
    return kind
  }))
  const paint = () => {
    const [red, green, blue] = getComputedStyle(buttons[0]).color.match(/[\d.]+/g).map(Number)
    for (const button of buttons) {
      const context = button.firstChild.getContext("2d"), picture = context.createImageData(data.size, data.size), start = button.dataset.place * cells
      for (let cell = 0; cell < cells; cell++) picture.data.set([red, green, blue, bytes[start + cell]], 4 * cell)
      context.putImageData(picture, 0, 0)
    }
  }
  const stop = (at) => buttons.forEach((button, i) => { button.tabIndex = i === at ? 0 : -1 })
  const first = buttons.findIndex((button) => button.getAttribute("aria-pressed") === "true")
  const state = (box.state = { buttons, at: Math.max(first, 0) })
  stop(state.at)
  box.onclick = (event) => {
    const button = event.target.closest("button")
    if (!button) return
    state.at = buttons.indexOf(button); stop(state.at)
    setTriggerValue("picked", +button.dataset.place)
  }
  box.onkeydown = (event) => {
    const at = buttons.indexOf(event.target), to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key]
    if (to === undefined || !buttons[to]) return
    event.preventDefault()
    state.at = to; stop(to); buttons[to].focus()
  }
  if (focused !== undefined && first >= 0) buttons[first].focus()
  paint()
  setTimeout(() => box.isConnected && box.paint(), 300) // once more when the style is there for sure
  box.paint = paint // of the pictures that stand here now
  if (!box.scheme) {
    box.scheme = matchMedia("(prefers-color-scheme: dark)")
    box.scheme.addEventListener("change", () => setTimeout(() => box.isConnected && box.paint(), 300))
  }
}
