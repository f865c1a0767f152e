/** The editor in the colours of web/styles/tokens.css: custom properties reach into a shadow root. */
import { HighlightStyle } from '@codemirror/language'
import { EditorView } from '@codemirror/view'
import { tags } from '@lezer/highlight'

export const editorColours = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--accent)' },
  { tag: tags.string, color: 'var(--good)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--warn)' },
  { tag: [tags.lineComment, tags.blockComment], color: 'var(--muted)', fontStyle: 'italic' },
  { tag: [tags.bracket, tags.punctuation], color: 'var(--muted)' },
  { tag: tags.invalid, color: 'var(--bad)' },
])

export const editorTheme = EditorView.theme({
  '&': { color: 'var(--text)', backgroundColor: 'var(--surface)', maxHeight: 'min(70vh, 44rem)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': {
    fontFamily: 'var(--mono)',
    fontSize: '0.88rem',
    lineHeight: '1.6',
    scrollbarColor: 'var(--line-strong) transparent',
    overscrollBehavior: 'contain',
  },
  '.cm-content': { minHeight: '9rem', padding: '0.6rem 0', caretColor: 'var(--text)' },
  '.cm-line': { padding: '0 0.9rem 0 0.4rem' },
  '.cm-gutters': { backgroundColor: 'var(--sunken)', color: 'var(--muted)', border: '0' },
  '.cm-lineNumbers .cm-gutterElement': { minWidth: '1.9rem' },
  '.cm-activeLine': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--accent) 6%, transparent)' },
  '.cm-activeLineGutter': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-activeLineGutter': { color: 'var(--text)' },
  '&.cm-focused .cm-matchingBracket': {
    backgroundColor: 'var(--accent-soft)',
    outline: '1px solid var(--accent)',
  },
  '&.cm-focused .cm-nonmatchingBracket': { backgroundColor: 'var(--bad-soft)' },
  '.cm-specialChar': { color: 'var(--bad)' },
  '.cm-searchMatch': { backgroundColor: 'var(--warn-soft)', outline: '1px solid var(--warn)' },
  '.cm-searchMatch-selected': { backgroundColor: 'var(--accent-soft)', outlineColor: 'var(--accent)' },
  '.cm-panels': { backgroundColor: 'var(--raised)', color: 'var(--text)' },
  '.cm-panels-top': { borderBottom: '1px solid var(--line)' },
  '.cm-panels-bottom': { borderTop: '1px solid var(--line)' },
  '.cm-panel.cm-search': { padding: '0.5rem 2.2rem 0.5rem 0.6rem', fontFamily: 'var(--sans)' },
  '.cm-panel.cm-search label': { fontSize: '0.85rem' },
  '.cm-panel.cm-search [name=close]': {
    color: 'var(--muted)',
    fontSize: '1.3rem',
    top: '0.4rem',
    right: '0.7rem',
  },
  '.cm-textfield': {
    backgroundColor: 'var(--surface)',
    border: '1px solid var(--line-strong)',
    borderRadius: '6px',
    color: 'var(--text)',
    fontSize: '0.88rem',
    padding: '0.25rem 0.5rem',
  },
  '.cm-button': {
    backgroundImage: 'none',
    backgroundColor: 'var(--surface)',
    border: '1px solid var(--line)',
    borderRadius: '6px',
    color: 'var(--text)',
    fontSize: '0.85rem',
    padding: '0.25rem 0.6rem',
    '&:active': { backgroundImage: 'none', backgroundColor: 'var(--sunken)' },
  },
  '.cm-tooltip': {
    backgroundColor: 'var(--raised)',
    border: '1px solid var(--line)',
    borderRadius: '8px',
    color: 'var(--text)',
    boxShadow: 'var(--shadow-high)',
    maxWidth: 'min(32rem, 80vw)',
  },
  '.cm-diagnostic': { padding: '0.4rem 0.7rem', fontFamily: 'var(--sans)', fontSize: '0.88rem' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--bad)' },
  '.cm-diagnostic-warning': { borderLeftColor: 'var(--warn)' },
  '.cm-diagnostic-info': { borderLeftColor: 'var(--line-strong)' },
  '.cm-panel.cm-panel-lint ul': { maxHeight: '9rem' },
  '.cm-panel.cm-panel-lint [aria-selected]': { backgroundColor: 'var(--accent-soft)' },
})
