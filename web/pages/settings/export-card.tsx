import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { ExportDocument, ExportFormat } from '../../../contract/unit.ts'
import { saveText } from '../../api/download.ts'
import { readExport, revealExport } from '../../api/exports.ts'
import { hasCode, toProblem } from '../../api/problem.ts'
import type { Remote } from '../../state/remote.ts'
import { Button } from '../../ui/button.tsx'
import { Check } from '../../ui/choice.tsx'
import { EquivalentCommands } from '../../ui/command.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Icon } from '../../ui/icons.tsx'
import { Select } from '../../ui/select.tsx'
import { Loaded, Section } from './card-parts.tsx'

const FORMATS: readonly (readonly [ExportFormat, string])[] = [
  ['quadlet', 'Quadlet unit, for podman 4.4 and later'],
  ['service', 'systemd user unit'],
  ['script', 'Shell script'],
  ['kube', 'Kubernetes YAML'],
  ['compose', 'Compose file'],
]

/** The others read `.env` where it lies, and have no secret in them. */
const WITH_SECRETS: readonly ExportFormat[] = ['kube', 'compose']

/** The gateway in other people's formats, for machines without the panel. */
export function ExportCard(): JSX.Element {
  const [format, setFormat] = useState<ExportFormat | ''>('')
  const [isOpen, setOpen] = useState(false)
  return (
    <Section id="export" title="Export">
      <p class="muted">
        The gateway as it is set up here, in a form that runs without the panel or on another machine.
      </p>
      <Select
        label="Format"
        value={format}
        options={[['', 'Choose a format…'], ...FORMATS]}
        onChange={(next) => {
          setFormat(next)
          setOpen(false)
        }}
      />
      {format !== '' && (
        <Document key={`${format} ${isOpen}`} format={format} isOpen={isOpen} onOpen={setOpen} />
      )}
      <EquivalentCommands
        commands={[
          ['Export', `sudo razroom-panel export ${format || 'quadlet'}${isOpen ? ' --secrets' : ''}`],
        ]}
      />
    </Section>
  )
}

function Document(props: {
  format: ExportFormat
  /** With every secret in it. */
  isOpen: boolean
  onOpen: (isOpen: boolean) => void
}): JSX.Element {
  const { format, isOpen } = props
  const [remote, setRemote] = useState<Remote<ExportDocument>>({ kind: 'loading' })
  const [turn, setTurn] = useState(0)
  useEffect(() => {
    let isStale = false
    setRemote({ kind: 'loading' })
    const read = isOpen ? revealExport(format) : readExport(format)
    read.then(
      (value) => {
        if (!isStale) setRemote({ kind: 'known', value })
      },
      (error: unknown) => {
        if (isStale) return
        if (hasCode(error, 'STEP_UP_REQUIRED')) props.onOpen(false)
        else setRemote({ kind: 'failed', problem: toProblem(error) })
      },
    )
    return () => {
      isStale = true
    }
  }, [turn])
  return (
    <>
      {WITH_SECRETS.includes(format) && (
        <Check isChecked={isOpen} onChange={props.onOpen}>
          With secrets: the token and every key stand in the text
        </Check>
      )}
      <Loaded remote={remote} what="Writing it" onRetry={() => setTurn(turn + 1)}>
        {(document) => <Text document={document} />}
      </Loaded>
    </>
  )
}

function Text({ document }: { document: ExportDocument }): JSX.Element {
  return (
    <div class="stack">
      {document.notes.length > 0 && (
        <ul class="bullets">
          {document.notes.map((note) => (
            <li key={note} class="break">
              {note}
            </li>
          ))}
        </ul>
      )}
      <div class="row-apart">
        <span class="mono break">{document.filename}</span>
        <div class="row">
          <CopyButton text={document.text} label={`Copy ${document.filename}`} />
          <Button size="small" onClick={() => saveText(document.text, document.filename)}>
            <Icon name="down" size={16} />
            Download
          </Button>
        </div>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard */}
      <section class="text-box" tabIndex={0} aria-label={`Text of ${document.filename}`}>
        <pre>{document.text}</pre>
      </section>
    </div>
  )
}
