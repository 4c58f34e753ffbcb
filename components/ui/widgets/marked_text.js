const KEPT = /^[、。，．,.!?！？:;：；」』）)\]’”…ー]+/ // no line begins with these

export default function ({ parentElement, data }) {
  const part = (name) => parentElement.querySelector("." + name)
  const host = parentElement.host ?? part("figure"), state = (part("text").state ??= { off: new Set() })
  host.dataset.figure = ""
  const shown = JSON.stringify(data)
  if (state.shown === shown) return
  state.shown = shown
  if (state.names !== JSON.stringify(data.kinds)) state.off = new Set()
  state.names = JSON.stringify(data.kinds)
  part("heading").textContent = data.labels.tags
  const draw = () => { text(part("text"), data, state.off); strip(part("strip"), data, state.off) }
  legend(part("legend"), data, state.off, draw)
  draw()
}

const element = (kind, className, words = "") => {
  const made = document.createElement(kind)
  made.className = className; made.textContent = words
  return made
}

// The text: names with their kind under them; a mark of punctuation never begins a line.
function text(box, { pieces, kinds, long }, off) {
  box.replaceChildren()
  box.classList.toggle("long", long)
  pieces.forEach(([words, kind, percent, unsure], i) => {
    if (kind < 0 || off.has(kind)) {
      const before = pieces[i - 1], kept = before && before[1] >= 0 && !off.has(before[1]) ? words.match(KEPT)?.[0] ?? "" : ""
      if (kept) { const pair = element("span", "pair"); box.lastChild.replaceWith(pair); pair.append(before.made, kept) }
      box.append(words.slice(kept.length))
      return
    }
    const name = element("span", `name kind-${kinds[kind].kind}${unsure ? " unsure" : ""}`), ground = element("span", "kind-ground"), under = element("small", "", kinds[kind].name)
    name.tabIndex = 0
    ground.append(element("span", "words kind-line", words))
    under.append(element("span", "number", unsure ? `？ ${percent}` : ` ${percent}`))
    name.append(ground, under)
    pieces[i].made = name
    box.append(name)
  })
}

// Under each token the tag that it got: B begins a name, I goes on with it, · is none.
function strip(box, { tokens, kinds }, off) {
  box.replaceChildren(...tokens.map(([words, tag, kind, unsure, tip], i) => {
    const named = kind >= 0 && !off.has(kind), made = element("span", "token" + (named ? ` kind-${kinds[kind].kind} ${tag}${unsure ? " unsure" : ""}` : ""))
    const goesOn = named && tokens[i + 1]?.[1] === "I" && tokens[i + 1][2] === kind
    if (goesOn) made.classList.add("on")
    made.title = tip
    const under = element("span", named ? "tag kind-line" : "tag", named ? tag : "·")
    made.append(element("span", "", words), under)
    return made
  }))
}

function legend(box, { kinds, labels }, off, draw) {
  box.setAttribute("aria-label", labels.filter)
  box.replaceChildren(...kinds.map(({ kind, name, count }, number) => {
    const button = element("button", `kind-${kind}`)
    button.type = "button"; button.disabled = !count
    button.append(element("i", "kind-line"), name, ...(count ? [element("span", "number", ` ${count}`)] : []))
    button.setAttribute("aria-pressed", !off.has(number))
    button.onclick = () => { off.has(number) ? off.delete(number) : off.add(number); button.setAttribute("aria-pressed", !off.has(number)); draw() }
    return button
  }))
}
