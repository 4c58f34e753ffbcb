"""What Streamlit itself says, in the visitor's language: the document's language, and the names of its own buttons, fields and menus.

Streamlit 1.67 has no translation of its own; its words are replaced where they stand, as they come.
"""

import streamlit as st

from components.messages import catalogue
from components.ui.state.language import language

from .style import in_the_dark

_SHELL = st.components.v2.component(
    "himotoku_shell",
    html="<span hidden></span>",
    js="""
const ATTRIBUTES = ["aria-label", "title", "placeholder", "alt"]
const OWN = "[data-testid='stFileUploader'], [data-testid='stFileUploaderDropzone'], [data-testid='stSkipLink'], [data-testid='stMultiSelect'], " +
  "[data-testid='stSelectbox'], [role='listbox'], [role='tooltip'], [data-testid='stTooltipContent'], [data-testid='stDataFrame'], " +
  "[data-testid='stElementToolbar'], [data-testid='stDataFrameColumnMenu'], [data-testid='stStatusWidget'], [data-testid='stSidebar'], " +
  "[data-testid='stToast'], [data-testid='stConnectionStatus'], [data-testid='stDialog'], a[href='#main-content'], [data-testid='stCode']"

export default function ({ data, setTriggerValue }) {
  document.documentElement.lang = data.language
  // Figures are drawn on the server in one theme: where the visitor has changed it since, they are drawn again.
  const dark = getComputedStyle(document.querySelector(".stApp")).colorScheme === "dark"
  if (dark !== data.dark) setTriggerValue("theme", dark)
  const words = new Map(Object.entries(data.words))
  const patterns = data.patterns.map(([from, to]) => [new RegExp("^" + from + "$"), to])
  const inLanguage = (text) => {
    const known = words.get(text.trim())
    if (known !== undefined) return known
    for (const [from, to] of patterns) if (from.test(text.trim())) return text.trim().replace(from, to)
  }
  const attribute = (element) => {
    for (const name of ATTRIBUTES) {
      const now = element.getAttribute(name), then = now && inLanguage(now)
      if (then !== undefined && then !== null && then !== "" && then !== now) element.setAttribute(name, then)
    }
  }
  const texts = (root) => {
    if (root.nodeType !== 1) return
    if (root.matches("[aria-label], [title], [placeholder], [alt]")) attribute(root)
    root.querySelectorAll("[aria-label], [title], [placeholder], [alt]").forEach(attribute)
    const own = root.closest(OWN) ? [root] : root.querySelectorAll(OWN)
    for (const part of own) {
      const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT)
      while (walker.nextNode()) {
        const then = inLanguage(walker.currentNode.data)
        if (then !== undefined && then !== walker.currentNode.data) walker.currentNode.data = then
      }
    }
  }
  window.himotokuShell?.disconnect()
  if (!words.size && !patterns.length) return
  texts(document.body)
  const watch = window.himotokuShell = new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "attributes") attribute(change.target)
      else if (change.type === "characterData") change.target.parentElement && texts(change.target.parentElement)
      else change.addedNodes.forEach((node) => texts(node.nodeType === 3 ? node.parentElement ?? node : node))
    }
  })
  watch.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES })
}
""",
)


def _seen() -> None:
    """The run that follows draws in the new theme."""


def shell() -> None:
    """Draws nothing; call it once a run."""
    own = {id: text for id, text in catalogue(language()).items() if id.startswith("shell.")}
    english = {id: text for id, text in catalogue("en").items() if id in own}
    differing = {id: (english[id], text) for id, text in own.items() if english[id] != text}
    words = {before: after for before, after in differing.values() if "(" not in before}
    patterns = [[before, after] for before, after in differing.values() if "(" in before]
    with st.container(key="shell"):
        _SHELL(
            key="shell-component",
            data={"language": language(), "dark": in_the_dark(), "words": words, "patterns": patterns},
            on_theme_change=_seen,
        )
