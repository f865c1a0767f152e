/** The style of the Control UI; its hash is in the page's content security policy. */
export const controlUiStyle = `
:root { font: 16px/1.5 system-ui, sans-serif; --text: #1d2327; --dim: #5a6570; --paper: #f6f7f8; --card: #fff;
  --line: #d8dde2; --accent: #0b6e76; --on-accent: #fff; --good: #17703a; --bad: #a4262c; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6eaee; --dim: #a3adb7; --paper: #15191d; --card: #1d2328; --line: #36404a; --accent: #4fc3cc;
    --on-accent: #0d1418; --good: #6fd394; --bad: #ff9a9a; }
}
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--text) }
main { max-width: 40rem; margin: 0 auto; padding: 2.5rem 1rem }
h1 { font-size: 1.4rem; margin: 0 0 1.25rem }
h2 { font-size: 1.15rem; margin: 0 0 .25rem }
.tag { font-size: .8rem; font-weight: 600; vertical-align: middle; padding: .15rem .5rem; border-radius: 1rem;
  border: 1px solid var(--accent); color: var(--accent) }
section { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: 1.25rem;
  margin-bottom: 1rem }
section.note { background: none; color: var(--dim) }
section.note p { margin: 0 0 .5rem }
[data-tone=good] { color: var(--good) }
[data-tone=bad] { color: var(--bad) }
#detail { margin: 0; overflow-wrap: anywhere; white-space: pre-line }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1.25rem; margin: 1rem 0 0 }
dt { color: var(--dim) }
dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums }
form { display: grid; gap: .5rem; margin-top: 1rem }
[hidden] { display: none }
input, button { font: inherit; padding: .5rem .75rem; border-radius: .4rem; border: 1px solid var(--line) }
input { background: var(--paper); color: var(--text); min-width: 0 }
button { background: var(--accent); color: var(--on-accent); border-color: var(--accent); font-weight: 600;
  cursor: pointer; justify-self: start }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
`
