const FORBIDDEN = /^[、。，．,.!?！？」』）)\]ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ]/ // no line begins with these
const element = (name, className, text) => {
  const one = document.createElement(name)
  if (className) one.className = className
  if (text !== undefined) one.textContent = text
  return one
}

export default function ({ parentElement, data }) {
  const part = (name) => parentElement.querySelector("." + name), box = part("tracks"), host = parentElement.host ?? box
  host.dataset.figure = ""
  box.setAttribute("aria-label", data.label)
  const known = JSON.stringify([data.characters, data.tracks])
  if (box.known !== known) { box.known = known; box.chosen = data.chosen }
  legend(part("legend"), data)
  const redraw = () => { draw(box, data, choose); mark(box) }
  const choose = (span) => { box.chosen = span; mark(box); card(part("card"), data, span) }
  box.watch?.disconnect()
  let width = 0
  box.watch = new ResizeObserver(() => { if (Math.abs(host.clientWidth - width) > 1) { width = host.clientWidth; redraw() } })
  box.watch.observe(host)
  redraw()
  card(part("card"), data, box.chosen)
  box.onkeydown = (event) => {
    const here = event.target.closest("button"), step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (!here || !step) return
    const row = [...box.querySelectorAll(`button[data-row="${here.dataset.row}"]`)], next = row[row.indexOf(here) + step]
    if (next) { event.preventDefault(); next.click(); next.focus() }
  }
  return () => box.watch.disconnect()
}

// Cuts the text into lines where no piece of any track is cut; where there is no such place the line ends where it is full.
function lines(data, most) {
  const { characters, words, tracks } = data, all = [words, ...tracks.map(({ pieces }) => pieces)], total = characters.length
  const crossed = (i) => all.some((pieces) => pieces.some(([start, end]) => start < i && i < end))
  const goal = Math.ceil(total / Math.ceil(total / most)), found = []
  for (let start = 0; start < total;) {
    let end = Math.min(total, start + (total - start <= most ? total - start : Math.min(most, goal + 2)))
    if (end < total) {
      let cut = end
      while (cut > start + 1 && (crossed(cut) || FORBIDDEN.test(characters[cut]))) cut--
      if (cut > start + 1) end = cut
    }
    found.push([start, end])
    start = end
    while (start < total && characters[start] === " ") start++
  }
  return found
}

function draw(box, data, choose) {
  const { characters, words, tracks, say } = data, width = box.clientWidth, phone = width < 620
  const wide = characters.some((one) => /[\u3000-\u9fff\uff00-\uffef]/.test(one))
  const names = phone ? 62 : 122, least = phone ? (wide ? 34 : 26) : wide ? 37 : 29
  const rows = lines(data, Math.max(6, Math.floor((width - names) / least)))
  const unit = Math.min(58, Math.floor((width - names) / Math.max(...rows.map(([start, end]) => end - start))))
  box.classList.toggle("phone", phone)
  box.replaceChildren(...rows.map(([start, end], line) => {
    const grid = element("div", "line")
    grid.style.gridTemplateColumns = `${names}px repeat(${end - start}, ${unit}px)`
    grid.style.gridTemplateRows = `18px 34px 46px repeat(${tracks.length}, 48px)`
    const put = (one, row, from, to) => {
      one.style.gridRow = row
      one.style.gridColumn = from === undefined ? "1" : `${Math.max(from, start) - start + 2} / ${Math.min(to, end) - start + 2}`
      return grid.appendChild(one)
    }
    const heading = (row, name, ...notes) => {
      const label = put(element("div", "name", name), row)
      if (line === 0) notes.filter(Boolean).forEach((note) => label.append(element("small", "", note)))
    }
    const here = (pieces) => pieces.filter(([from, to]) => from < end && to > start)
    const edges = new Set(here(words).flatMap(([from, to]) => [from, to]).filter((edge) => edge >= start && edge <= end))
    for (const edge of edges) {
      const cut = put(element("i", "cut"), "1 / -1", Math.min(edge, end - 1), Math.min(edge, end - 1) + 1)
      if (edge === end) cut.style.justifySelf = "end"
    }
    heading(2, say.characters, say.length)
    heading(3, say.words, say.wordsCounted)
    for (let i = start; i < end; i++) {
      const numbered = i === 0 || i === start || (i + 1) % 5 === 0
      put(element("span", "tick", numbered ? String(i + 1) : "·"), 1, i, i + 1).setAttribute("aria-hidden", "true")
      put(element("span", characters[i] === " " ? "letter space" : "letter", characters[i] === " " ? "␣" : characters[i]), 2, i, i + 1)
    }
    const button = (row, [from, to], className, name, text, note) => {
      const one = put(element("button", className), row, from, to), room = (Math.min(to, end) - Math.max(from, start)) * unit - 5
      one.type = "button"; one.dataset.row = row; one.dataset.span = `${from},${to}`
      one.setAttribute("aria-label", name)
      const size = Math.min(17, room / Math.max(1, [...text].reduce((sum, letter) => sum + (letter > "\u00ff" ? 1.04 : 0.62), 0)))
      one.appendChild(element("b", "", size < 9.5 ? "…" : text)).style.fontSize = Math.max(12, size) + "px"
      if (note && [...note].reduce((sum, letter) => sum + (letter > "\u00ff" ? 12 : 7.2), 0) <= room + 3) one.append(element("small", "", note))
      one.onclick = () => choose([from, to])
    }
    for (const [from, to, text, short] of here(words)) button(3, [from, to], "word", `${text} ${short}`.trim(), text, short)
    tracks.forEach((track, n) => {
      heading(4 + n, track.name, track.count, track.unknown)
      for (const [from, to, tokens, ids, unknown, continues] of here(track.pieces)) {
        const text = unknown ? ((Math.min(to, end) - Math.max(from, start)) * unit > 48 ? "UNK" : "?") : tokens.join(" ").replace(/^##/, "")
        const className = `piece${unknown ? " unknown" : ""}${continues ? " goes-on" : ""} tint${Math.min(8, to - from)}`
        button(4 + n, [from, to], className, `${tokens.join(" ")} ${ids.join(" ")}`, text, ids.join(" "))
      }
    })
    return grid
  }))
}

function mark(box) {
  const [start, end] = box.chosen, first = new Set()
  for (const button of box.querySelectorAll("button")) {
    const [from, to] = button.dataset.span.split(",").map(Number), on = from < end && to > start
    button.setAttribute("aria-pressed", on)
    button.tabIndex = on && !first.has(button.dataset.row) ? 0 : -1 // one stop a track: the arrow keys go on from there
    if (on) first.add(button.dataset.row)
  }
}

function legend(line, { say }) {
  const ramp = element("span", "", say.long_piece + " ")
  ramp.append(element("span", "end", "1"), element("i", "ramp"), element("span", "end", "8+"))
  const pairs = [["hatched", say.not_in_vocabulary], ["dashed", say.goes_on]].map(([name, text]) => {
    const one = element("span")
    one.append(element("i", name), text)
    return one
  })
  line.replaceChildren(ramp, ...pairs)
}

function card(box, { characters, words, tracks, say }, [start, end]) {
  const found = words.filter(([from, to]) => from < end && to > start), [, , word, , speech, reading, base] = found.length === 1 ? found[0] : []
  const text = characters.slice(start, end).join(""), list = element("dl")
  const add = (name, ...parts) => {
    const group = element("div"), value = element("dd")
    value.append(...parts)
    group.append(element("dt", "", name), value)
    list.append(group)
  }
  if (word && word !== text) add(say.word, word)
  if (speech) add(say.speech, speech)
  if (reading) add(say.reading, reading)
  if (base) add(say.base, base)
  add(say.place, end - start > 1 ? `${start + 1}–${end}` : String(start + 1))
  for (const track of tracks) {
    const pieces = track.pieces.filter(([from, to]) => from < end && to > start)
    if (pieces.length) {
      add(track.name, ...pieces.slice(0, 12).flatMap(([, , tokens, ids, unknown]) => tokens.map((token, i) => {
        const one = element("span", "one"), name = element("b", unknown ? "unknown" : "", token)
        one.append(name, " ", element("span", "number", String(ids[i])))
        return one
      })))
    }
  }
  box.replaceChildren(element("p", "big", [...text].length > 16 ? [...text].slice(0, 15).join("") + "…" : text), list)
}
