/** What the card of the token shows after a click, or when something is wrong with it: it comes in one file. */
export { FindingList } from '../../ui/finding-list.tsx'
export { RotateForm } from './rotate-form.tsx'
export { RotatedNote } from './rotated-note.tsx'
