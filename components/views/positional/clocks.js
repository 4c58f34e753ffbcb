const SVG = "http://www.w3.org/2000/svg"
const make = (name, attributes) => { const one = document.createElementNS(SVG, name); for (const key in attributes) one.setAttribute(key, attributes[key]); return one }
const html = (name, kind = "div", text = "") => { const one = document.createElement(kind); one.className = name; one.textContent = text; return one }
const signed = (value) => (value < -0.004 ? "−" : "") + Math.abs(value).toFixed(2)

export default function ({ parentElement, data, setTriggerValue }) {
  const all = parentElement.querySelector(".all")
  ;(parentElement.host ?? all).dataset.figure = ""
  const state = (all.state ??= {})
  clearInterval(state.playing)
  const { length, pairs, base, said } = data
  const turn = (pair, place) => place * base ** (-pair / pairs)
  Object.assign(state, { place: data.place, pair: data.pair })
  if (state.language !== said.finding.join()) { state.language = said.finding.join(); state.parts = undefined }
  const parts = (state.parts ??= build())
  const tell = () => { clearTimeout(state.later); state.later = setTimeout(() => setTriggerValue("picked", [state.place, state.pair]), 300) }

  function build() {
    const bar = html("bar"), slider = html("", "input"), place = html("", "output"), play = html("", "button", said.play)
    slider.type = "range"; slider.min = 0; slider.max = length - 1; slider.setAttribute("aria-label", said.place)
    play.type = "button"
    bar.append(html("", "span", said.place), place, slider, play)
    const finding = html("", "h2"), clocks = html("clocks")
    finding.setAttribute("aria-live", "polite")
    clocks.setAttribute("role", "radiogroup"); clocks.setAttribute("aria-label", said.clocks)
    const faces = Array.from({ length: pairs }, (_, pair) => {
      const button = html("", "button"), svg = make("svg", { viewBox: "-26 -26 52 52", "aria-hidden": "true" })
      const face = make("circle", { r: 24, class: "face" }), turned = make("path", { class: "turned" }), hand = make("line", { x1: 0, y1: 0, class: "hand" })
      svg.append(face, turned, make("line", { x1: 0, y1: -24, x2: 0, y2: -20, stroke: "currentColor" }), hand, make("circle", { r: 3.4, class: "hub" }))
      button.type = "button"; button.setAttribute("role", "radio"); button.setAttribute("aria-label", said.clock.replace("\ue000", pair + 1))
      button.append(svg, String(pair + 1))
      clocks.append(button)
      return { button, turned, hand }
    })
    const ruled = html("ruled"), ticks = html("ticks"), names = html("label"), field = html("field"), canvas = html("", "canvas")
    const column = html("frame"), row = html("frame"), wave = html("label wave"), waves = html("waves"), curve = make("svg", { viewBox: `0 -1.1 ${length} 2.2`, preserveAspectRatio: "none", "aria-hidden": "true" })
    const like = html("label like"), likeness = html("likeness"), cursor = html("cursor"), sine = html("dot"), cosine = html("dot hollow")
    canvas.width = length; canvas.height = 2 * pairs
    field.append(canvas, column, row)
    waves.append(curve, sine, cosine)
    const bars = Array.from({ length }, () => likeness.appendChild(html("", "i")))
    ruled.append(html("label"), ticks, names, field, wave, waves, like, likeness, cursor)
    const key = html("key"), round = html("", "span"), scale = html("", "span")
    scale.append("−1", html("scale", "span"), "1")
    key.append(round, scale)
    const probe = { low: html("probe"), high: html("probe") }
    probe.low.style.color = "var(--hi-opposes)"; probe.high.style.color = "var(--hi-supports)"
    all.replaceChildren(bar, finding, clocks, ruled, key, probe.low, probe.high)
    return { slider, place, play, finding, faces, clocks, ruled, ticks, names, field, canvas, column, row, wave, waves, curve, like, likeness, bars, cursor, sine, cosine, round, probe }
  }

  function paint() {
    const colour = (element) => getComputedStyle(element).color.match(/[\d.]+/g).slice(0, 3).map(Number)
    const low = colour(parts.probe.low), high = colour(parts.probe.high), context = parts.canvas.getContext("2d")
    const picture = context.createImageData(length, 2 * pairs)
    for (let pair = 0; pair < pairs; pair++) for (let place = 0; place < length; place++) [Math.sin(turn(pair, place)), Math.cos(turn(pair, place))].forEach((value, odd) =>
      picture.data.set([...(value < 0 ? low : high), Math.round(255 * Math.abs(value))], 4 * ((2 * pair + odd) * length + place)))
    context.putImageData(picture, 0, 0)
  }

  function show() {
    const { place, pair } = state, wide = 100 / length, middle = (place + 0.5) * wide
    parts.slider.value = place
    parts.slider.setAttribute("aria-valuetext", `${place}`)
    parts.place.textContent = place
    parts.finding.textContent = said.finding[place]
    parts.faces.forEach(({ button, turned, hand }, one) => {
      const angle = turn(one, place), rest = angle % (2 * Math.PI), x = Math.sin(angle), y = -Math.cos(angle)
      hand.setAttribute("x2", 18 * x); hand.setAttribute("y2", 18 * y)
      turned.setAttribute("d", `M0 0V-22A22 22 0 ${rest > Math.PI ? 1 : 0} 1 ${22 * x} ${22 * y}Z`)
      button.setAttribute("aria-checked", one === pair); button.tabIndex = one === pair ? 0 : -1
    })
    parts.ticks.replaceChildren(...Array.from({ length: length / 8 }, (_, n) => 8 * n).concat(place).filter((n, i, list) => i === list.length - 1 || Math.abs(n - place) > (parts.field.clientWidth > 600 ? 3 : 6)).map((n) => {
      const tick = html(n === place ? "now" : "", "span", n)
      tick.style.left = `${(n + 0.5) * wide}%`
      return tick
    }))
    const high = 100 / pairs
    Object.assign(parts.column.style, { left: `${place * wide}%`, width: `${wide}%`, top: 0, height: "100%" })
    Object.assign(parts.row.style, { left: 0, width: "100%", top: `${pair * high}%`, height: `${high}%` })
    const name = (text, share, kind = "wide") => { const one = html(kind, "span", text); one.style.top = `${share}%`; return one }
    const chosen = html("", "span"), strong = html("", "b"), word = said.clock.replace("\ue000", pair + 1)
    strong.append(html("wide", "i", word.replace(String(pair + 1), "")), String(pair + 1))
    strong.firstChild.style.fontStyle = "normal"
    chosen.append(strong); chosen.style.top = `${(pair + 0.5) * high}%`
    parts.names.replaceChildren(...[pair > 1 && name(said.fast, 3), pair < pairs - 2 && name(said.slow, 97), chosen].filter(Boolean))
    const path = (of) => "M" + Array.from({ length: 4 * length - 3 }, (_, n) => `${n / 4 + 0.5} ${-of(turn(pair, n / 4))}`).join("L")
    parts.curve.replaceChildren(make("line", { x1: 0, x2: length, y1: 0, y2: 0 }), make("path", { d: path(Math.sin) }), make("path", { d: path(Math.cos), class: "cosine" }))
    const angle = turn(pair, place), at = (value) => `${50 - (value / 2.2) * 100}%`
    Object.assign(parts.sine.style, { left: `${middle}%`, top: at(Math.sin(angle)) })
    Object.assign(parts.cosine.style, { left: `${middle}%`, top: at(Math.cos(angle)) })
    parts.wave.replaceChildren(name(`${said.sine} ${signed(Math.sin(angle))}`, 32, ""), name(`${said.cosine} ${signed(Math.cos(angle))}`, 68, ""))
    parts.like.replaceChildren(name(said.like.replace("\ue000", place), 62, ""))
    parts.bars.forEach((bar, other) => {
      let sum = 0
      for (let one = 0; one < pairs; one++) sum += Math.cos(turn(one, place) - turn(one, other))
      bar.style.height = `${Math.max(0, sum / pairs) * 100}%`; bar.className = other === place ? "own" : ""
    })
    parts.round.textContent = said.round.replace("\ue000", pair + 1).replace("\ue001", (2 * Math.PI / base ** (-pair / pairs)).toFixed(1))
    const whole = parts.ruled.getBoundingClientRect(), from = parts.field.getBoundingClientRect(), to = parts.likeness.getBoundingClientRect()
    Object.assign(parts.cursor.style, { left: `${from.left - whole.left + (from.width * middle) / 100}px`, top: `${from.bottom - whole.top}px`, height: `${to.bottom - from.bottom}px` })
  }

  const go = (place, pair) => {
    state.place = Math.min(Math.max(place, 0), length - 1)
    state.pair = Math.min(Math.max(pair, 0), pairs - 1)
    show(); tell()
  }
  const stop = () => { clearInterval(state.playing); state.playing = undefined; parts.play.textContent = said.play }
  parts.slider.oninput = () => { stop(); go(+parts.slider.value, state.pair) }
  parts.play.onclick = () => {
    if (state.playing) { stop(); return }
    parts.play.textContent = said.stop
    state.playing = setInterval(() => {
      if (state.place >= length - 1) { stop(); tell(); return }
      state.place += 1; show()
    }, 160)
    if (state.place >= length - 1) state.place = -1
  }
  parts.clocks.onclick = (event) => { const pair = parts.faces.findIndex(({ button }) => button.contains(event.target)); if (pair >= 0) go(state.place, pair) }
  parts.clocks.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    if (!step) return
    event.preventDefault()
    go(state.place, state.pair + step); parts.faces[state.pair].button.focus()
  }
  const drag = (event) => {
    const box = parts.field.getBoundingClientRect()
    stop()
    go(Math.floor(((event.clientX - box.left) / box.width) * length), Math.floor(((event.clientY - box.top) / box.height) * pairs))
  }
  parts.field.onpointerdown = (event) => { parts.field.setPointerCapture(event.pointerId); drag(event) }
  parts.field.onpointermove = (event) => { if (event.buttons) drag(event) }
  stop(); paint(); show()
  state.watch?.disconnect()
  state.watch = new ResizeObserver(show); state.watch.observe(parts.field)
  state.paint = paint
  if (!state.scheme) {
    state.scheme = matchMedia("(prefers-color-scheme: dark)")
    state.scheme.addEventListener("change", () => setTimeout(() => all.isConnected && state.paint(), 300))
  }
  return () => { clearInterval(state.playing); clearTimeout(state.later); state.watch.disconnect() }
}
