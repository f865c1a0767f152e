import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { EnvCheck } from '../../../contract/env.ts'
import { MAX_ENV_FILE_BYTES } from '../../../contract/rules.ts'
import { isFatal } from '../../../server/domain/env-line-checks.ts'
import { checkEnv } from '../../api/env.ts'
import { toProblem } from '../../api/problem.ts'
import { Button } from '../../ui/button.tsx'
import { FindingList } from '../../ui/finding-list.tsx'
import { textMerge } from './env-conflict.ts'
import * as editor from './env-editor.ts'
import { MendButton } from './mend-button.tsx'
import { mendText } from './mend-typed.ts'
import { selectLine } from './text-lines.ts'
import { TextMergeView } from './text-merge.tsx'

/** A pause in typing that is long enough to look at what was typed. */
const SETTLED_MS = 500

/** The file as it is, with every secret: asked for, never shown by itself. */
export function EnvText({ isUtf8 }: { isUtf8: boolean }): JSX.Element {
  const text = editor.textDraft.value
  if (editor.isTableDirty.value) {
    return <p class="note">The table has unsaved changes. Save or discard them to edit the text.</p>
  }
  if (!isUtf8) {
    return (
      <p class="note" data-tone="warn">
        The file is not UTF-8 text. Edit single variables in the table: the other bytes stay as they are.
      </p>
    )
  }
  if (!text) {
    return (
      <div class="card stack">
        <p>The text shows every secret in the file. Make sure that nobody looks over your shoulder.</p>
        <div>
          <Button onClick={() => void editor.openText()}>Show the text</Button>
        </div>
      </div>
    )
  }
  if (textMerge.value) return <TextMergeView merge={textMerge.value} />
  return <TextEditor draft={text} />
}

function TextEditor({ draft }: { draft: editor.TextDraft }): JSX.Element {
  const check = useTextCheck(draft.text)
  const field = useRef<HTMLTextAreaElement>(null)
  const bytes = new TextEncoder().encode(draft.text).length
  return (
    <div class="stack">
      <textarea
        ref={field}
        class="input mono env-text"
        aria-label="Text of .env"
        rows={22}
        spellcheck={false}
        autocomplete="off"
        autocapitalize="off"
        wrap="off"
        value={draft.text}
        onInput={(event) => editor.editText(event.currentTarget.value, 'text')}
      />
      {bytes > MAX_ENV_FILE_BYTES && (
        <p class="field-error" role="alert">
          The file may have {MAX_ENV_FILE_BYTES.toLocaleString('en')} bytes at most.
        </p>
      )}
      {check.failure !== null && (
        <p class="small muted">The text could not be checked: {check.failure}. Saving checks it again.</p>
      )}
      {check.result && (
        <TextFindings
          text={draft.text}
          checkedText={check.text}
          result={check.result}
          onGoTo={(line) => field.current && selectLine(field.current, draft.text, line)}
        />
      )}
    </div>
  )
}

function TextFindings(props: {
  text: string
  checkedText: string
  result: EnvCheck
  onGoTo: (line: number) => void
}): JSX.Element {
  const { text, result } = props
  const fatal = result.findings.filter(isFatal)
  const others = result.findings.filter((finding) => !isFatal(finding))
  // Lines may have moved since the look; a new one is on its way.
  const isFresh = text === props.checkedText
  return (
    <section class="card" aria-label="Findings">
      {result.verdict === 'fatal' && (
        <p>
          <strong>The container would not start with this file.</strong>
        </p>
      )}
      {result.findings.length === 0 ? (
        <p class="muted">Every reader of the file understands it the same way.</p>
      ) : (
        <FindingList
          findings={[...fatal, ...others]}
          actions={(finding) =>
            isFresh && finding.line !== undefined ? (
              <>
                <Button
                  size="small"
                  kind="quiet"
                  label={`Go to line ${finding.line}: ${finding.title}`}
                  onClick={() => props.onGoTo(finding.line ?? 1)}
                >
                  Go to line {finding.line}
                </Button>
                <MendButton
                  finding={finding}
                  where={`line ${finding.line}`}
                  onMend={() => editor.editText(mendText(text, finding.line ?? 0, finding.id))}
                />
              </>
            ) : null
          }
        />
      )}
    </section>
  )
}

interface TextCheck {
  /** What was looked at. */
  readonly text: string
  readonly result: EnvCheck | null
  readonly failure: string | null
}

function useTextCheck(text: string): TextCheck {
  const [check, setCheck] = useState<TextCheck>({ text, result: null, failure: null })
  useEffect(() => {
    let isStale = false
    const timer = setTimeout(async () => {
      try {
        const result = await checkEnv(text)
        if (!isStale) setCheck({ text, result, failure: null })
      } catch (error) {
        if (!isStale) setCheck({ text, result: null, failure: toProblem(error).title })
      }
    }, SETTLED_MS)
    return () => {
      isStale = true
      clearTimeout(timer)
    }
  }, [text])
  return check
}
