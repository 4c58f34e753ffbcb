const SVG = "http://www.w3.org/2000/svg"
const TOP = 20, BOTTOM = 126, HEIGHT = 166

export default function ({ parentElement, data }) {
  const all = parentElement.querySelector(".all")
  ;(parentElement.host ?? all).dataset.figure = ""
  const make = (name, attributes, text = "") => {
    const one = document.createElementNS(SVG, name)
    for (const key in attributes) one.setAttribute(key, attributes[key])
    one.textContent = text
    return one
  }
  const draw = () => all.replaceChildren(...data.drawings.map((drawing) => {
    const figure = document.createElement("div"), title = document.createElement("h3"), note = document.createElement("p")
    figure.className = "one"; title.textContent = drawing.title; note.textContent = drawing.note
    const count = Math.max(data.first.length, data.second.length), half = all.clientWidth > 720 ? (all.clientWidth - 40) / 2 : all.clientWidth
    const wide = Math.min(70, Math.max(44, half / count)), x = (place) => place * wide + wide / 2
    const svg = make("svg", { width: wide * count, height: HEIGHT, role: "img", "aria-label": drawing.alt })
    drawing.partners.forEach((to, from) => {
      if (to === null) return
      const middle = (TOP + BOTTOM) / 2
      svg.append(make("path", { class: from === to ? "" : "moved", d: `M${x(from)} ${TOP + 9}C${x(from)} ${middle} ${x(to)} ${middle} ${x(to)} ${BOTTOM - 19}` }))
    })
    const word = ([text, special], place, y) => svg.append(make("text", { x: x(place), y, class: special ? "special" : "" }, text))
    data.first.forEach((one, place) => word(one, place, TOP))
    data.second.forEach((one, place) => {
      word(one, place, BOTTOM)
      const number = drawing.numbers[place], lowest = drawing.lowest.includes(place)
      if (!number) return
      if (lowest) svg.append(make("rect", { x: x(place) - 23, y: BOTTOM + 13, width: 46, height: 22, rx: 11 }))
      svg.append(make("text", { x: x(place), y: BOTTOM + 29, class: lowest ? "number lowest" : "number" }, number))
    })
    figure.append(title, note, svg)
    return figure
  }))
  all.watch?.disconnect()
  let width = 0
  all.watch = new ResizeObserver(() => { if (all.clientWidth !== width) { width = all.clientWidth; draw() } })
  all.watch.observe(parentElement.host ?? all)
  draw()
  return () => all.watch.disconnect()
}
