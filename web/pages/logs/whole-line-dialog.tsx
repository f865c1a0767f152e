import './whole-line-dialog.css'
import type { JSX } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { WholeLogLine } from '../../../contract/logs.ts'
import type { Problem } from '../../../contract/schemas.ts'
import { loadWholeLine } from '../../api/logs.ts'
import { toProblem } from '../../api/problem.ts'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { countOf, formatBytes } from '../../ui/format.ts'
import { Loading } from '../../ui/loading.tsx'
import { ProblemView } from '../../ui/problem-view.tsx'
import { JsonTree } from './json-tree.tsx'
import { plainText } from './sgr.ts'

/** More than that is laid out when it is asked for. */
const SHOWN_CHARACTERS = 100_000

/** A line that is cut in the list, as a whole: as text, and as a tree where it is a JSON document. */
export function WholeLineDialog({ cursor, onClose }: { cursor: string; onClose: () => void }): JSX.Element {
  const [line, setLine] = useState<WholeLogLine | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  function load(): void {
    setProblem(null)
    loadWholeLine(cursor).then(setLine, (error) => setProblem(toProblem(error)))
  }
  useEffect(load, [cursor])
  return (
    <div class="log-whole-dialog">
      <Dialog title="The whole line" onClose={onClose}>
        {problem && <ProblemView problem={problem} onRetry={load} />}
        {!line && !problem && <Loading what="Reading the line" />}
        {line && <Line line={line} />}
        <div class="row">
          <Button onClick={onClose}>Close</Button>
        </div>
      </Dialog>
    </div>
  )
}

function Line({ line }: { line: WholeLogLine }): JSX.Element {
  const text = useMemo(() => plainText(line.text), [line])
  const json = useMemo(() => parseDocument(text), [text])
  const [isTree, setTree] = useState(true)
  const [isAll, setAll] = useState(false)
  const isLong = text.length > SHOWN_CHARACTERS && !isAll
  return (
    <>
      <div class="row-apart">
        <p class="small muted">
          {countOf(text.length, 'character')}
          {line.truncated && `: the first ${formatBytes(text.length)} of a longer line`}
        </p>
        <div class="row">
          {json && (
            <Button size="small" isPressed={isTree} onClick={() => setTree(!isTree)}>
              As a tree
            </Button>
          )}
          <CopyButton text={text} label="Copy the line" />
        </div>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard */}
      <section class="text-box log-whole-text" aria-label="The line" tabIndex={0}>
        {json && isTree ? (
          <JsonTree value={json.value} />
        ) : (
          <pre>{isLong ? text.slice(0, SHOWN_CHARACTERS) : text}</pre>
        )}
      </section>
      {isLong && !(json && isTree) && (
        <div class="row">
          <Button size="small" onClick={() => setAll(true)}>
            Show all {countOf(text.length, 'character')}
          </Button>
        </div>
      )}
    </>
  )
}

/** The value of a JSON object or list; null for any other text. */
export function parseDocument(text: string): { readonly value: object } | null {
  if (!/^\s*[[{]/.test(text)) return null
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { value } : null
  } catch {
    // A line that only begins like JSON is text.
    return null
  }
}
