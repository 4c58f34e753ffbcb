"""The page's style beyond what Streamlit's theme takes: the roles as CSS properties, and where things stand.

Streamlit sets `color-scheme` on the app, so `light-dark()` follows the visitor's theme without a rerun; the properties reach into components.
The names of Streamlit's own elements are in this file alone.
"""

from functools import cache

import streamlit as st

from components.charts.theme import ROLES

_RULES = """
.stApp { line-break: strict; overflow-wrap: break-word; }
.stApp h1, .stApp h2, .stApp h3 { text-wrap: balance; word-break: auto-phrase; letter-spacing: .01em; }
.stMainBlockContainer { max-width: 1096px; padding: 1.1rem 2.5rem 3rem; }
.stMainBlockContainer > div > .stVerticalBlock, .stMainBlockContainer .stVerticalBlock { gap: .75rem; }
[data-testid="stHeader"] { height: 2.75rem; min-height: 0; background: transparent; pointer-events: none; }
[data-testid="stHeader"] button { pointer-events: auto; }
[data-testid="stMainMenu"], [data-testid="stAppDeployButton"] { display: none; }
/* What has no height takes no row: styles, scripts of the shell. */
[data-testid="stElementContainer"]:has(> .stHtml > style:only-child), [data-testid="stLayoutWrapper"]:has(> .st-key-shell) { display: none; }

/* Head of a page */
.st-key-page-head { flex-wrap: nowrap; align-items: flex-start; gap: 1rem; }
.st-key-page-title { gap: 0; }
.st-key-page-title .stHeading > div { margin-bottom: 0; }
.st-key-page-title h1 { padding: 0; font-size: 1.75rem; line-height: 1.4; }
.st-key-page-title h1::after { font-size: .875rem; font-weight: 600; color: var(--hi-ink2); letter-spacing: .04em; margin-left: .75rem; white-space: nowrap; }
.st-key-page-lead { gap: .25rem 1rem; margin-top: -.85rem; align-items: center; }
.st-key-page-lead .stMarkdown p { color: var(--hi-ink2); font-size: .94rem; line-height: 1.6; max-width: 60em; }
.st-key-page-tools { flex-wrap: nowrap; gap: .4rem; }
.hi-here { display: flex; align-items: center; font-size: .6875rem; line-height: 18px; color: var(--hi-ink2); white-space: nowrap; }
.hi-here i { font-style: normal; padding: 0 4px; border: 1px solid var(--hi-line); border-radius: 4px; background: var(--hi-raise); position: relative; }
.hi-here > * + *, .hi-here b i + i { margin-left: 6px; }
.hi-here > * + *::before, .hi-here b i + i::before { content: ""; position: absolute; right: 100%; top: 50%; width: 6px; border-top: 1px solid var(--hi-ink2); }
.hi-here b { font-weight: 400; display: flex; padding: 2px 3px; border: 1px dashed var(--hi-ink2); border-radius: 6px; position: relative; }
.hi-here .on { background: var(--hi-ai); border-color: var(--hi-ai); color: var(--hi-on-ai); font-weight: 600; }
.st-key-page-tools button { min-height: 32px; padding: 0 .6rem; font-size: .82rem; }

/* The bar of a class link */
.st-key-lesson-bar { flex-wrap: nowrap; gap: .5rem; background: var(--hi-ai-weak); border-radius: 10px; padding: 5px 6px; }
.st-key-lesson-bar .stMarkdown p { font-size: .94rem; line-height: 1.5; max-width: none; padding: 0 .4rem; overflow-wrap: anywhere; }
.st-key-lesson-bar button { min-height: 32px; padding: 0 .6rem; white-space: nowrap; }

/* Where a visitor waits for others' models: in sight wherever the page stands */
[data-testid="stLayoutWrapper"]:has(> .st-key-page-waiting) { position: fixed; bottom: 1rem; right: 1rem; width: min(24rem, calc(100vw - 2rem)); z-index: 100; }

/* Home: a larger title, and three doors, each a card that is a link as a whole */
.stApp:has([class*="st-key-door-"]) .st-key-page-title h1 { font-size: 2.1rem; }
.st-key-doors { gap: 14px; margin-top: 1.5rem; }
[class*="st-key-door-"] { position: relative; background: var(--hi-raise); border: 1px solid var(--hi-line); border-radius: 10px; padding: 14px 18px; gap: 2px; height: 100%; }
[class*="st-key-door-"] .stPageLink, [class*="st-key-door-"] a { width: 100%; }
[class*="st-key-door-"] [data-testid="stCaptionContainer"] p { font-size: .82rem; line-height: 1.6; text-wrap: pretty; }
[class*="st-key-door-"]:hover { border-color: var(--hi-ai); }
[class*="st-key-door-"] a { padding: 0; background: transparent; justify-content: space-between; flex-direction: row-reverse; position: static; }
[class*="st-key-door-"] a::after { content: ""; position: absolute; inset: 0; border-radius: 10px; }
[class*="st-key-door-"] a p { font: 600 1.06rem/1.5 var(--hi-heading); color: var(--hi-ai); }
[class*="st-key-door-"] [data-testid="stIconMaterial"] { color: var(--hi-ai); }
.st-key-home-under { margin: -.5rem 0 1rem; }
.st-key-home-under button { min-height: 32px; }
.st-key-home-under button p { color: var(--hi-ai); }
.stApp [data-testid="stCaptionContainer"], .stApp [data-testid="stCaptionContainer"] p { color: var(--hi-ink2); opacity: 1; }

/* Sidebar: the way through the chapter; the home page stands first under the app's mark, a thread with a loop in it */
section[data-testid="stSidebar"][data-collapsed="false"] { width: 224px !important; min-width: 224px; }
[data-testid="stSidebarHeader"] { height: 0; min-height: 0; padding: 0; margin: 0; position: relative; z-index: 2; }
[data-testid="stSidebarCollapseButton"] { position: absolute; right: .4rem; top: .8rem; }
[data-testid="stSidebarContent"] { padding: 0 !important; }
[data-testid="stSidebarNav"] { padding: .5rem .75rem 1rem .75rem; margin: 0; }
[data-testid="stSidebarNavItems"] > div { margin: 0; }
[data-testid="stSidebarNavItems"] li { margin: 0; }
[data-testid="stSidebarNavItems"] { padding: 0; gap: 0; }
[data-testid="stSidebarNavLinkContainer"] { margin: 0; }
[data-testid="stNavSectionHeader"] { padding: .6rem .4rem .1rem .9rem; margin: 0; min-height: 0; pointer-events: none; }
[data-testid="stNavSectionHeader"] p { font-size: .75rem; font-weight: 600; color: var(--hi-ink2); }
[data-testid="stNavSectionHeader"] [data-testid="stIconMaterial"] { display: none; }
a[data-testid="stSidebarNavLink"] { margin: 0; padding: .15rem .4rem .15rem .9rem; min-height: 1.7rem; height: auto; position: relative; border-radius: 6px; }
a[data-testid="stSidebarNavLink"] p { font-size: .875rem; line-height: 1.5; color: var(--hi-ink); }
a[data-testid="stSidebarNavLink"]:hover, a[data-testid="stSidebarNavLink"][aria-current="page"] { background: var(--hi-ai-weak); }
a[data-testid="stSidebarNavLink"][aria-current="page"] p { color: var(--hi-ai); font-weight: 600; }
a[data-testid="stSidebarNavLink"][aria-current="page"]::before {
  content: ""; position: absolute; left: 2px; top: 4px; bottom: 4px; width: 3px; border-radius: 2px; background: var(--hi-ai); }
[data-testid="stSidebarNavItems"] > li:first-child a { padding: .35rem .4rem .35rem 3rem; background: transparent; margin-bottom: .3rem; }
[data-testid="stSidebarNavItems"] > li:first-child a p { font: 600 1.2rem/1.4 var(--hi-heading); color: var(--hi-ink); }
[data-testid="stSidebarNavItems"] > li:first-child a::before {
  content: ""; position: absolute; left: .3rem; top: .55rem; width: 34px; height: 20px; background: var(--hi-ai); border-radius: 0;
  mask: url("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 34 20'%3E%3Cpath d='M1 16H14C23 16 22 3 17 3S11 16 20 16H33' fill='none' stroke='%23000' stroke-width='2.4' stroke-linecap='round'/%3E%3C/svg%3E") no-repeat; }

/* Focus: a ring of 2 px, 2 px off, wherever the keyboard is */
.stApp :is(a, button, summary, input, textarea, [role="tab"], [role="radio"], [role="button"], [tabindex="0"]):focus-visible,
[data-testid="stSidebarNavLink"]:focus-visible { outline: 2px solid var(--hi-ai) !important; outline-offset: 2px; box-shadow: none; }
.stApp label:has(input:focus-visible) { outline: 2px solid var(--hi-ai); outline-offset: 2px; border-radius: 6px; }

/* One filled action a page: Streamlit writes white on the primary colour, too faint on the dark theme's */
.stApp [data-testid^="stBaseButton-primary"]:not(:disabled), .stApp [data-testid^="stBaseButton-primary"]:not(:disabled) * { color: var(--hi-on-ai); }
.stApp [data-tag], .stApp [data-tag] span { color: var(--hi-on-ai); }
.stApp [data-testid="stBaseButton-segmented_controlActive"], .stApp [data-testid="stBaseButton-pillsActive"] { font-weight: 600; }

/* The button beside a field says how to run: no "Press Enter to apply" */
[data-testid="InputInstructions"] { display: none; }

/* Bench: one bar. Inside it fields have no frame of their own */
.stHorizontalBlock[class*="st-key-bench-"] {
  background: var(--hi-raise); border: 1px solid var(--hi-edge); border-radius: 10px; padding: 5px 6px; gap: 4px; flex-wrap: nowrap; align-items: center; }
[class*="st-key-bench-slot-"] { gap: 0; }
[class*="st-key-bench-"] [data-testid="stTextAreaRootElement"], [class*="st-key-bench-"] [data-testid="stTextInputRootElement"],
[class*="st-key-bench-"] .stSelectbox [role="group"] { border-color: transparent; background: transparent; height: 44px; min-height: 44px; }
[class*="st-key-bench-"] .stSelectbox [role="group"]:hover { background: var(--hi-field); }
[class*="st-key-bench-"] textarea { height: 44px !important; min-height: 44px; padding: 9px 10px; line-height: 26px; resize: none; white-space: pre; overflow: auto hidden; }
[class*="st-key-bench-slot-examples"] .stSelectbox, [class*="st-key-bench-slot-model"] .stSelectbox { width: 10.5rem; border-left: 1px solid var(--hi-line); padding-left: 4px; }
/* An example is left by typing or by taking another one: no button that empties the menu */
[class*="st-key-bench-slot-examples"] .stSelectbox button:not([aria-haspopup]) { display: none; }
[class*="st-key-bench-"] .stSelectbox input { font-size: .875rem; text-overflow: ellipsis; }
[class*="st-key-bench-slot-run"] button { height: 44px; padding: 0 1.25rem; white-space: nowrap; font-weight: 600; }
[class*="st-key-bench-slot-more"] button[data-testid="stPopoverButton"] { height: 44px; width: 44px; padding: 0; justify-content: center; }
/* The gear's name is for those who can't see it */
[class*="st-key-bench-slot-more"] [data-testid="stPopoverButton"] [data-testid="stMarkdownContainer"] { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
[class*="st-key-bench-slot-more"] [data-testid="stPopoverButton"] > div > div[aria-hidden] { display: none; }

/* Figures: no toolbar of Plotly's, it is pressed from the menu beneath */
.stPlotlyChart .modebar-container, .stElementContainer:has(.stPlotlyChart) [data-testid="stElementToolbar"],
[data-testid="stFullScreenFrame"]:has(.stPlotlyChart) > [data-testid="stElementToolbar"] { display: none !important; }
.stPlotlyChart:fullscreen { background: var(--hi-paper); padding: 2rem; }
.hi-finding { font: 600 1.25rem/1.5 var(--hi-heading); margin: 0; text-wrap: balance; word-break: auto-phrase; }
.hi-finding:has(small) { font-size: 1rem; line-height: 1.875rem; } /* beside another: smaller, as high as one alone */
.hi-finding small { font: 400 .75rem var(--hi-text); color: var(--hi-ink2); margin-left: .5em; }
.hi-finding q, .hi-doubt q, .hi-legend q, .hi-u { font-family: var(--hi-text); font-weight: 600; quotes: none; }
[class*="st-key-doubt-"] { min-height: 26px; } /* a doubt has its place, whether there is one or not */
.hi-doubt { display: flex; gap: 10px; align-items: baseline; color: var(--hi-doubt); font-size: .94rem; line-height: 1.6; margin: 0; }
.hi-doubt::before { content: "?"; flex: none; width: 20px; height: 20px; border: 1.5px solid currentColor; border-radius: 50%;
  font: 600 13px/17px sans-serif; text-align: center; }
.hi-legend { color: var(--hi-ink2); font-size: .82rem; line-height: 1.6; }

/* Attention: on a phone the square comes first, and one whose cells would get too small gives way to its chosen row */
[data-testid="stLayoutWrapper"]:is(:has(> .st-key-attention-narrow), :has(> .st-key-multi-head-narrow)) { display: none; }
.st-key-panel-attention-output { overflow: hidden; }
.st-key-attention-said, .st-key-multi-head-said { flex-wrap: wrap; gap: .25rem 1rem; }

/* Explanations: 40em, questions that open */
.st-key-explain { max-width: 40em; border-top: 1px solid var(--hi-line); padding-top: .75rem; margin-top: 1rem; gap: .25rem; }
:is(.st-key-explain, .st-key-runs-more) [data-testid="stExpander"] details { border: 0; border-bottom: 1px solid var(--hi-line); border-radius: 0; background: transparent; }
:is(.st-key-explain, .st-key-runs-more) [data-testid="stExpander"] summary { padding: .6rem 0; min-height: 44px; font-weight: 600; }
.st-key-explain abbr[title] { text-decoration: underline dotted var(--hi-ink2) 1px; text-underline-offset: 3px; cursor: help; }
.st-key-explain abbr[title]:focus-visible { outline: 2px solid var(--hi-ai); outline-offset: 2px; border-radius: 2px; }
.st-key-explain abbr[title]:focus::after { content: attr(title); position: fixed; z-index: 100; left: 1rem; right: 1rem; bottom: 1rem; max-width: 40rem; margin: 0 auto; padding: .75rem 1rem;
  font: 400 .9375rem/1.6 var(--hi-text); color: var(--hi-ink); background: var(--hi-raise); border: 1px solid var(--hi-edge); border-radius: 10px; cursor: default; }
.st-key-runs-more { gap: 0; border-top: 1px solid var(--hi-line); }
:is(.st-key-explain, .st-key-runs-more) [data-testid="stExpander"] summary p { font-weight: 600; }
[class*="st-key-check-one-"] { border-top: 1px solid var(--hi-line); padding: .75rem 0 .25rem; }
[class*="st-key-check-one-"] [data-testid="stWidgetLabel"] p { font-size: 1rem; font-weight: 600; line-height: 1.6; }
[class*="st-key-check-one-"] [role="radiogroup"] { gap: .1rem; }
[class*="st-key-check-one-"] [role="radiogroup"] label { min-height: 32px; align-items: center; }
.hi-said { line-height: 1.7; min-height: 1.7em; }
.hi-said p { margin: 0; max-width: 46em; overflow-wrap: anywhere; }
.hi-said .hi-right { color: var(--hi-ai); }
.hi-said .hi-wrong { color: var(--hi-doubt); }
[class*="st-key-check-one-"] [data-testid="stNumberInputContainer"] { max-width: 320px; }
.stApp .st-key-explain .hi-said details { border: 0; }
.stApp .st-key-explain .hi-said summary { cursor: pointer; padding: .3rem 0; min-height: 32px; width: fit-content; font-weight: 400; }
.stMarkdown p, .stMarkdown li { max-width: 46em; }
.katex-display { overflow-x: auto; overflow-y: hidden; padding: 2px 0; }
.st-key-onward { border-top: 1px solid var(--hi-line); margin-top: 1rem; padding-top: .5rem; }

@media (max-width: 1120px) { .st-key-page-tools > :has(.hi-here) { display: none; } }
@media (max-width: 760px) {
  .stMainBlockContainer { padding: 2.4rem 1rem 3rem; }
  .stMainBlockContainer > div > .stVerticalBlock, .stMainBlockContainer .stVerticalBlock { gap: .5rem; }
  .stMarkdown p .katex { display: inline-block; max-width: 100%; overflow: auto hidden; vertical-align: bottom; }
  .st-key-page-head h1, .stApp:has([class*="st-key-door-"]) .st-key-page-title h1 { font-size: 1.5rem; }
  .st-key-page-lead { margin-top: -.4rem; }
  .hi-finding { font-size: 1.125rem; }
  .stHorizontalBlock[class*="st-key-bench-"] { display: grid; grid-template-columns: 1fr 1fr auto; padding: 4px; gap: 2px 4px; }
  .stHorizontalBlock[class*="st-key-bench-"] > :has(> [class*="st-key-bench-slot-field"]) { grid-column: 1 / 3; grid-row: 1; }
  .stHorizontalBlock[class*="st-key-bench-"] > :has(> [class*="st-key-bench-slot-run"]) { grid-column: 3; grid-row: 1; }
  [class*="st-key-bench-slot-examples"] .stSelectbox, [class*="st-key-bench-slot-model"] .stSelectbox { width: 100%; border: 0; padding: 0; }
  .st-key-page-tools .st-key-copy_link { display: none; }
  .st-key-lesson-bar { flex-wrap: wrap; }
  .st-key-lesson-bar > :has(.stMarkdown) { flex-basis: 100%; order: -1; }
  [data-testid="stLayoutWrapper"]:is(:has(> .st-key-attention-narrow), :has(> .st-key-multi-head-narrow)) { display: block; }
  [data-testid="stLayoutWrapper"]:is(:has(> .st-key-attention-wide), :has(> .st-key-multi-head-wide), :has(> .st-key-attention-wide-row)) { display: none; }
  [data-testid="stLayoutWrapper"]:has(> .st-key-panel-attention-weights) { order: -1; }
  .st-key-attention-said .hi-finding, .st-key-multi-head-said .hi-finding { min-height: 3em; }
  .st-key-multi-head-said .hi-finding { min-height: 4.5em; }
  .st-key-multi-head-said > :first-child { flex-basis: 100%; }
}
/* Paper: the page without the app round it, as long as it is */
@media print {
  section[data-testid="stSidebar"], [data-testid="stHeader"], [data-testid="stToolbar"], [class*="st-key-page-head"], [class*="st-key-page-lead"], [class*="st-key-lesson-bar"],
  [class*="st-key-explain"], [class*="st-key-onward"], [class*="st-key-teach-print"], [data-testid="stExpandSidebarButton"] { display: none !important; }
  .stApp, .stApp :is([data-testid="stAppViewContainer"], [data-testid="stMain"], [data-testid="stMainBlockContainer"]) {
    position: static; display: block; overflow: visible; height: auto; width: auto; max-width: none; padding: 0; background: transparent; color-scheme: light; }
}
@media (prefers-reduced-motion: reduce) { * { transition: none !important; animation: none !important; } }
"""


@cache
def sheet() -> str:
    """The whole style sheet."""
    roles = "\n".join(f"  --hi-{name}: light-dark({role.light}, {role.dark});" for name, role in ROLES.items())
    families = '  --hi-heading: "Himotoku Mincho", "Noto Serif JP", "Noto Serif CJK JP", "Hiragino Mincho ProN", "Yu Mincho", serif;\n'
    families += '  --hi-text: "Noto Sans JP", "Noto Sans CJK JP", "Hiragino Sans", "Yu Gothic UI", Meiryo, sans-serif;'
    return f"<style>\n.stApp {{\n{roles}\n{families}\n}}\n{_RULES}</style>"


def page_style() -> None:
    """Lays the style sheet over the page."""
    st.html(sheet())


def in_the_dark() -> bool:
    """Whether this visitor reads in the dark theme."""
    return st.context.theme.type == "dark"
