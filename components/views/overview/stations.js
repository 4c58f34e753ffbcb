const SVG = "http://www.w3.org/2000/svg", WIDTH = 130, HEIGHT = 74

export default function ({ parentElement, data, setTriggerValue }) {
  const list = parentElement.querySelector("ol")
  const figures = data.stations.map((station) => row(station, data, setTriggerValue))
  list.replaceChildren(...figures.map(({ item }) => item))
  const show = (word) => figures.forEach(({ svg }, i) => {
    svg.replaceChildren()
    DRAWN[data.stations[i].name](svg, data, word)
  })
  const heard = ({ detail }) => { if (detail.line === data.line && data.labels[detail.word] !== undefined) show(detail.word) }
  document.addEventListener("himotoku-word", heard)
  show(data.start)
  const escape = (event) => { if (event.key === "Escape" && data.editing && !event.isComposing) setTriggerValue("escaped", true) }
  document.addEventListener("keydown", escape)
  if (data.editing && !list.editing) focusField(20)
  list.editing = data.editing
  followOldAddress()
  return () => {
    document.removeEventListener("himotoku-word", heard)
    document.removeEventListener("keydown", escape)
  }
}

// The field is drawn at about the same time as this.
function focusField(tries) {
  const field = document.querySelector(".st-key-home_text textarea")
  if (field) field.focus()
  else if (tries) setTimeout(focusField, 100, tries - 1)
}

// Parts that stood on this page are on the page of sources now. Streamlit has taken the hash out of the address by then.
function followOldAddress() {
  const asked = new URL(performance.getEntriesByType("navigation")[0].name)
  if (!["#rnn", "#models", "#goals", "#next", "#references"].includes(asked.hash) || asked.pathname !== location.pathname) return
  location.replace("sources" + location.search + asked.hash)
}

function row(station, data, setTriggerValue) {
  const item = document.createElement("li"), link = item.appendChild(document.createElement("a"))
  link.href = station.page + "?" + new URLSearchParams({ lang: data.language, ...station.query })
  link.onclick = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return // a new tab or window is the browser's
    event.preventDefault()
    setTriggerValue("go", station.name)
  }
  for (const [name, text] of [["title", station.title], ["about", station.about]]) {
    const part = link.appendChild(document.createElement("span"))
    part.className = name; part.textContent = text
  }
  const svg = link.appendChild(make("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true" }))
  return { item, svg }
}

function make(name, attributes, text) {
  const element = document.createElementNS(SVG, name)
  for (const key in attributes) element.setAttribute(key, attributes[key])
  if (text !== undefined) element.textContent = text
  return element
}

const words = (svg, text, x, y, attributes = {}) => svg.appendChild(make("text", { x, y, ...attributes }, text))
const cut = (text, most) => { const all = [...text]; return all.length > most ? all.slice(0, most - 1).join("") + "…" : text }
const signed = (value) => value.toFixed(2).replace("-", "\u2212")

const DRAWN = {
  characters(svg, { labels }, word) {
    const letters = [...labels[word]], shown = letters.length > 8 ? [...letters.slice(0, 7), "…"] : letters
    const width = Math.min(26, WIDTH / shown.length), left = (WIDTH - shown.length * width) / 2
    shown.forEach((letter, i) => {
      svg.append(make("rect", { x: left + i * width + 1, y: 23, width: width - 2, height: 28, rx: 3, class: "frame" }))
      words(svg, letter, left + (i + 0.5) * width, 43, { class: "middle", "font-size": Math.min(17, width * 0.75) })
    })
  },
  tokens(svg, { tokens, ids }, word) {
    const shown = tokens[word].slice(0, 3), more = tokens[word].length > shown.length
    const width = WIDTH / Math.max(1, shown.length)
    shown.forEach((token, i) => {
      const middle = (i + 0.5) * width
      words(svg, cut(token, Math.floor(width / 8)), middle, 28, { class: "middle", "font-size": shown.length > 1 ? 14 : 17 })
      svg.append(make("path", { d: `M${middle} 35v8`, class: "rule" }))
      words(svg, ids[word][i] + (more && i === shown.length - 1 ? " …" : ""), middle, 61, { class: "middle strong", "font-size": shown.length > 1 ? 13 : 16 })
    })
  },
  vector(svg, { vectors }, word) {
    const values = vectors[word], most = Math.max(1, ...values.map(Math.abs)), step = WIDTH / values.length
    svg.append(make("path", { d: `M0 ${HEIGHT / 2}H${WIDTH}`, class: "zero" }))
    values.forEach((value, i) => {
      const height = Math.max(0.6, (34 * Math.abs(value)) / most)
      svg.append(make("rect", { x: i * step, y: value > 0 ? HEIGHT / 2 - height : HEIGHT / 2, width: step * 0.78, height, class: value > 0 ? "plus" : "minus" }))
    })
  },
  attention(svg, { labels, threads }, word) {
    const at = (i) => 4 + (labels.length > 1 ? (i * (WIDTH - 8)) / (labels.length - 1) : 61)
    const flat = threads[word], y = 58
    for (let n = 0; n < flat.length; n += 2) {
      const [other, weight] = [flat[n], flat[n + 1] / 1000]
      const high = other === word ? 14 : 12 + Math.abs(at(word) - at(other)) * 0.5, spread = other === word ? 9 : 0
      const d = `M${at(word)} ${y - 3}C${at(word) - spread} ${y - high} ${at(other) + spread} ${y - high} ${at(other)} ${y - 3}`
      svg.append(make("path", { d, class: "thread", "stroke-width": 0.8 + 4 * weight, opacity: Math.min(1, 0.4 + weight) }))
    }
    labels.forEach((_, i) => svg.append(make("circle", { cx: at(i), cy: 61, r: i === word ? 3.6 : labels.length > 40 ? 1.2 : 2, class: i === word ? "here" : "place" })))
  },
  feed_forward(svg, { neurons }, word) {
    const rows = neurons[word], most = Math.max(1, rows[0][1])
    rows.forEach(([number, value], i) => {
      words(svg, number, 36, 11.5 + i * 14.5, { class: "end faint", "font-size": 12 })
      svg.append(make("rect", { x: 42, y: 2.5 + i * 14.5, width: Math.max(2, (88 * Math.max(0, value)) / most), height: 9, rx: 1.5, class: "bar" }))
    })
  },
  answer(svg, data) {
    data.others.forEach(([sentence, cosine], i) => {
      words(svg, cut(sentence, /[^\u0000-\u00ff]/.test(sentence) ? 10 : 21), 0, 13 + i * 38, { class: "faint", "font-size": 12 })
      const width = Math.max(0, cosine) * 0.9
      svg.append(make("rect", { x: 0, y: 20 + i * 38, width: Math.max(1.5, width), height: 9, rx: 1.5, class: "bar" }))
      words(svg, signed(cosine / 100), width + 7, 29 + i * 38, { class: "number", "font-size": 13 })
    })
  },
}
