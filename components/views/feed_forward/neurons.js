export default function ({ parentElement, data }) {
  const list = parentElement.querySelector("ol")
  ;(parentElement.host ?? list).dataset.figure = ""
  const part = (name, parent, text = "") => { const one = parent.appendChild(document.createElement("span")); one.className = name; one.textContent = text; return one }
  const lines = data.rows[0].map(() => {
    const item = document.createElement("li")
    return { item, name: part("name", item), bar: part("bar", item), number: part("number", item), says: part("says", item) }
  })
  list.replaceChildren(...lines.map((line) => line.item))
  const show = (word) => data.rows[word].forEach(([neuron, value, share, others, more], i) => {
    const line = lines[i]
    line.name.textContent = data.said.neuron.replace("\ue000", neuron)
    line.bar.style.width = `${share * 100}%`
    line.number.textContent = value
    if (!others.length) { line.says.textContent = data.said.alone; return }
    line.says.replaceChildren(data.said.fires + " ", ...others.map(([place, strength]) => {
      const one = document.createElement("q")
      one.textContent = data.words[place]; one.title = strength
      return one
    }))
    if (more) line.says.append(" " + data.said.more.replace("\ue000", more))
  })
  const hear = (event) => { if (event.detail.line === data.line && data.rows[event.detail.word]) show(event.detail.word) }
  document.removeEventListener("himotoku-word", list.hear)
  list.hear = hear
  document.addEventListener("himotoku-word", hear)
  show(data.chosen)
  return () => document.removeEventListener("himotoku-word", hear)
}
