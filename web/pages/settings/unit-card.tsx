import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { Status } from '../../../contract/schemas.ts'
import type { UnitFileState, UnitView } from '../../../contract/unit.ts'
import type { DifferenceLine } from '../../../contract/versions.ts'
import { loadUnit, replaceUnit } from '../../api/settings.ts'
import { runningOperation } from '../../state/operations.ts'
import { unit } from '../../state/settings.ts'
import { Button } from '../../ui/button.tsx'
import { EquivalentCommands } from '../../ui/command.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { Difference } from '../../ui/difference.tsx'
import { waitReason } from '../../ui/wait-reason.ts'
import { Failed, Loaded, Report, Section } from './card-parts.tsx'
import { unitDifference } from './unit-difference.ts'
import { useAction } from './use-action.ts'

const KIND_WORDS = {
  quadlet: 'Quadlet: a .container file that podman turns into a unit',
  service: 'A plain systemd unit',
} as const

const STATE_WORDS: Readonly<Record<UnitFileState, string>> = {
  absent: 'There is no file.',
  current: 'As the panel writes it.',
  outdated: 'The panel’s own, from before a change of the settings. It is renewed at the next start.',
  edited: 'Edited by hand since the panel wrote it. It is kept, and it is what runs.',
  foreign: 'Made by somebody else. It is kept, and it is what runs.',
}

/** The file that systemd goes by. */
export function UnitCard({ status }: { status: Status }): JSX.Element {
  return (
    <Section id="unit" title="Unit">
      <Loaded remote={unit.value} what="Reading the unit" onRetry={() => void loadUnit()}>
        {(view) =>
          view.state === 'absent' && status.gateway.mode === 'container' ? (
            <p class="muted">There is none: the gateway runs as a container without systemd.</p>
          ) : (
            <View view={view} status={status} />
          )
        }
      </Loaded>
      <Report kinds={['replace-unit']} />
    </Section>
  )
}

function View({ view, status }: { view: UnitView; status: Status }): JSX.Element {
  const { unit: live } = status.gateway
  const isKept = view.state === 'edited' || view.state === 'foreign'
  const lines = view.text !== null && view.wanted !== null ? unitDifference(view.text, view.wanted) : []
  return (
    <>
      <dl class="facts">
        <dt>Unit</dt>
        <dd>
          <span class="mono break">{view.unitName}</span>
          {live && (
            <span class="muted">
              {' '}
              {live.activeState === live.subState
                ? live.activeState
                : `${live.activeState} (${live.subState})`}
            </span>
          )}
        </dd>
        <dt>Kind</dt>
        <dd>
          {KIND_WORDS[view.kind]}
          {view.kindReason !== undefined && <span class="small muted"> ({view.kindReason})</span>}
        </dd>
        <dt>File</dt>
        <dd class="mono break">{view.path}</dd>
        <dt>State</dt>
        <dd>
          <span class="row">
            {isKept && (
              <span class="badge" data-tone="warn">
                {view.state}
              </span>
            )}
            {STATE_WORDS[view.state]}
          </span>
        </dd>
        {view.dropIns.length > 0 && (
          <>
            <dt>Drop-ins</dt>
            <dd>
              <ul>
                {view.dropIns.map((path) => (
                  <li key={path} class="mono break">
                    {path}
                  </li>
                ))}
              </ul>
              <span class="small muted">They add to the unit. The panel never changes them.</span>
            </dd>
          </>
        )}
      </dl>
      {view.shadowedBy !== undefined && (
        <div class="note" data-tone="bad">
          <strong>systemd takes another file of the same name</strong>
          <p class="mono break">{view.shadowedBy}</p>
          <p>The unit above has no effect while that one is there. Move it away if it is not meant.</p>
        </div>
      )}
      {lines.length > 0 && <Changes lines={lines} state={view.state} />}
      {lines.length === 0 && view.text !== null && view.wanted !== null && view.text !== view.wanted && (
        <p class="small muted">It differs from the panel’s own in comments alone.</p>
      )}
      {view.text !== null && (
        <details>
          <summary class="small muted">The whole file</summary>
          <Text text={view.text} />
        </details>
      )}
      {isKept && <Replace view={view} />}
      <EquivalentCommands
        commands={[
          ['Show', 'sudo razroom-panel unit'],
          ['Replace', 'sudo razroom-panel unit replace'],
        ]}
      />
    </>
  )
}

function Changes(props: { lines: readonly DifferenceLine[]; state: UnitFileState }): JSX.Element {
  return (
    <div class="stack-tight">
      <h3>What the panel would change in it</h3>
      {props.state !== 'outdated' && (
        <p class="small muted">Lines with − stand in the file now; lines with + would stand there instead.</p>
      )}
      <Difference lines={props.lines} />
    </div>
  )
}

function Text({ text }: { text: string }): JSX.Element {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
    <section class="text-box" tabIndex={0} aria-label="Text of the unit">
      <pre>{text}</pre>
    </section>
  )
}

function Replace({ view }: { view: UnitView }): JSX.Element {
  const [isAsking, setAsking] = useState(false)
  const action = useAction()
  return (
    <>
      <Failed action={action} />
      <div class="row">
        <Button
          isBusy={action.isBusy}
          reason={
            waitReason(runningOperation.value) ??
            (view.wanted === null ? 'There is no image yet, so there is no unit to write' : undefined)
          }
          onClick={() => setAsking(true)}
        >
          Replace by the panel’s unit…
        </Button>
      </div>
      {isAsking && (
        <ConfirmDialog
          title="Replace the unit?"
          action="Replace"
          onClose={() => setAsking(false)}
          onConfirm={() => {
            setAsking(false)
            void action.run(replaceUnit)
          }}
        >
          <p>
            <span class="mono break">{view.path}</span> becomes the panel’s own. The file as it is now is kept
            beside it under another name, and drop-ins stay.
          </p>
          <p>A running gateway is restarted, so that it runs as the unit says.</p>
        </ConfirmDialog>
      )}
    </>
  )
}
