import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { LogFilter } from '../../../contract/logs.ts'
import type { Problem } from '../../../contract/schemas.ts'
import { buildUrl } from '../../api/client.ts'
import { saveText } from '../../api/download.ts'
import { toProblem } from '../../api/problem.ts'
import { status } from '../../state/status.ts'
import { Button } from '../../ui/button.tsx'
import { countOf } from '../../ui/format.ts'
import { Icon } from '../../ui/icons.tsx'
import { ProblemView } from '../../ui/problem-view.tsx'
import { type LogFormat, writeHeldLines } from './held-lines.ts'
import type { LogRing } from './log-ring.ts'
import type { LogView } from './log-view.ts'

export interface DownloadMenuProps {
  /** What the host can filter by; null for nothing. */
  readonly filter: LogFilter | null
  /** The list is filtered by what the host does not know, too. */
  readonly hasFacts?: boolean
  /** What the list shows; null before it has been drawn. */
  readonly view: LogView | null
  readonly ring: LogRing
  readonly onDone: () => void
}

/** The log as a file: all that is kept, what passes the filter, or just what the list holds. */
export function DownloadMenu({ filter, hasFacts, view, ring, onDone }: DownloadMenuProps): JSX.Element {
  const [format, setFormat] = useState<LogFormat>('text')
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  async function saveShown(): Promise<void> {
    if (!view) return
    setBusy(true)
    setProblem(null)
    try {
      saveText(await writeHeldLines(view, ring, format), fileName(format))
      onDone()
    } catch (error) {
      setProblem(toProblem(error))
    }
    setBusy(false)
  }
  if (status.value?.isSetUp === false) return <p>There is no log before the gateway is set up.</p>
  return (
    <>
      <fieldset class="log-menu-choices">
        <legend class="visually-hidden">Format</legend>
        {FORMATS.map(([value, words]) => (
          <Button key={value} size="small" isPressed={format === value} onClick={() => setFormat(value)}>
            {words}
          </Button>
        ))}
      </fieldset>
      <HostLink words="All lines that are kept" format={format} filter={null} onDone={onDone} />
      {filter && (
        <HostLink words={`All ${filterWords(filter)}`} format={format} filter={filter} onDone={onDone} />
      )}
      <Button size="small" isBusy={isBusy} onClick={() => void saveShown()}>
        The {countOf(view?.count ?? 0, 'line')} in this list
      </Button>
      <p class="small muted">
        {hasFacts && 'Level and subsystem choose among the lines in this list only. '}
        Colours are left out, and lines are cut at 8 KiB.
      </p>
      {problem && <ProblemView problem={problem} onDismiss={() => setProblem(null)} />}
    </>
  )
}

const FORMATS = [
  ['text', 'Text'],
  ['jsonl', 'JSON lines'],
] as const

function HostLink(props: {
  words: string
  format: LogFormat
  filter: LogFilter | null
  onDone: () => void
}): JSX.Element {
  const query = { format: props.format, ...props.filter }
  return (
    <a
      class="button"
      data-size="small"
      href={buildUrl('/api/logs/download', { query })}
      download={fileName(props.format)}
      onClick={props.onDone}
    >
      <Icon name="down" size={15} />
      <span class="log-menu-words">{props.words}</span>
    </a>
  )
}

function filterWords({ text, isInverse, stream }: LogFilter): string {
  const where = stream === undefined ? '' : ` on ${stream}`
  return `lines${where}${text === undefined ? '' : ` ${isInverse ? 'without' : 'with'} “${text}”`}`
}

const fileName = (format: LogFormat): string =>
  `gateway-${new Date().toISOString().slice(0, 10)}.${format === 'text' ? 'log' : 'jsonl'}`
