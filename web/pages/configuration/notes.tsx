import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import type { ConfigDocument } from '../../../contract/config.ts'
import { isGatewayUp } from '../../state/status.ts'
import { Button } from '../../ui/button.tsx'
import { Difference } from '../../ui/difference.tsx'
import { countOf } from '../../ui/format.ts'
import * as editor from './config-editor.ts'
import { configDifference } from './masked-difference.ts'

/** That it was saved, and what the gateway makes of it. */
export function SavedNote(): JSX.Element | null {
  const saved = editor.saved.value
  const current = editor.base.value?.etag
  if (!saved || (current !== saved.etag && !editor.isSaving.value)) return null
  return (
    <div class="note" data-tone="good">
      <p aria-live="polite">
        {!saved.isChanged && 'Nothing was changed: the file is as it was.'}
        {saved.isChanged && !isGatewayUp.value && 'Saved. The gateway reads it when it starts.'}
        {saved.isChanged &&
          isGatewayUp.value &&
          'Saved. The gateway takes most changes over by itself; for changes of gateway.* it restarts inside, which takes a moment. A file with something that it does not know it passes over, says so in its log, and would not start with it.'}
      </p>
    </div>
  )
}

/** Another hand has changed the file while there are edits here: both sides, and what becomes of them. */
export function ConflictNote(): JSX.Element | null {
  const theirs = editor.theirs.value
  const base = editor.base.value
  if (!theirs || !base) return null
  return (
    <div class="note" data-tone="warn" role="alert">
      <strong>The file was changed meanwhile, on the machine or in another page</strong>
      <p>Your edits are still here; below stands what they change. This is what the others changed:</p>
      <TheirChange base={base} theirs={theirs} />
      <div class="row">
        <Button size="small" kind="primary" onClick={() => void editor.keepMine()}>
          Keep mine, on top of theirs
        </Button>
        <Button size="small" onClick={editor.takeTheirs}>
          Load theirs
        </Button>
      </div>
      <p class="small muted">
        Kept on top, your edits are put into their version line by line, and you save after a look. When you
        load theirs, yours are set aside and can be brought back.
      </p>
    </div>
  )
}

function TheirChange(props: { base: ConfigDocument; theirs: ConfigDocument }): JSX.Element {
  const { base, theirs } = props
  const lines = useMemo(() => configDifference(base.text, theirs.text), [base.text, theirs.text])
  if (!theirs.exists) return <p>They removed the file.</p>
  if (!theirs.isUtf8) return <p>It is not UTF-8 text any more.</p>
  if (lines.length === 0) return <p class="muted">Values that are masked here, and nothing else.</p>
  return <Difference lines={lines} />
}

/** How edits went onto the version of the others. */
export function MergedNote(): JSX.Element | null {
  const merged = editor.merged.value
  if (!merged) return null
  if (!editor.isDirty.value) {
    return <p class="note">Their version has all of your edits already: there is nothing to save.</p>
  }
  return (
    <div class="note" data-tone={merged.conflicts > 0 ? 'warn' : 'good'}>
      <p aria-live="polite">
        {merged.conflicts === 0
          ? 'Your edits are on top of theirs now. Save after a look.'
          : `Your edits are on top of theirs now. In ${countOf(merged.conflicts, 'place')} both changed the same lines: yours are kept there, and the difference below shows what of theirs goes.`}
      </p>
    </div>
  )
}

/** Edits that made room for the version of the others. */
export function SetAsideNote(): JSX.Element | null {
  if (!editor.setAside.value) return null
  return (
    <div class="note">
      <p>Your edits are set aside. This is their version.</p>
      <div class="row">
        <Button
          size="small"
          reason={editor.isDirty.value ? 'Save or discard your changes first' : undefined}
          onClick={() => void editor.bringBack()}
        >
          Bring mine back
        </Button>
        <Button size="small" kind="quiet" onClick={editor.dropAside}>
          Forget mine
        </Button>
      </div>
    </div>
  )
}
