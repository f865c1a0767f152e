import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { Button } from './button.tsx'
import { formatBytes } from './format.ts'
import { ProgressBar } from './progress-bar.tsx'

interface UploadOptions {
  readonly onProgress: (progress: { done: number; total: number | null }) => void
  readonly signal: AbortSignal
}

/** Sends a file of the person's own machine as soon as it is chosen, and shows how far it is. */
export function UploadField(props: {
  label: string
  reason?: string | undefined
  /** Sends the file. @returns its path on the machine of the gateway */
  upload: (file: File, options: UploadOptions) => Promise<string>
  onDone: (path: string, file: File) => void
  onFailure: (error: unknown) => void
}): JSX.Element {
  const input = useRef<HTMLInputElement>(null)
  const [sending, setSending] = useState<{ file: File; done: number } | null>(null)
  const control = useRef<AbortController | null>(null)
  useEffect(() => () => control.current?.abort(), [])

  async function send(file: File): Promise<void> {
    const abort = new AbortController()
    control.current = abort
    setSending({ file, done: 0 })
    try {
      const path = await props.upload(file, {
        signal: abort.signal,
        onProgress: ({ done }) => setSending({ file, done }),
      })
      props.onDone(path, file)
    } catch (error) {
      if (!abort.signal.aborted) props.onFailure(error)
    } finally {
      setSending(null)
    }
  }

  return (
    <div class="stack-tight">
      <input
        ref={input}
        type="file"
        hidden
        aria-label={props.label}
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? []
          // The same file can be chosen once more.
          event.currentTarget.value = ''
          if (file) void send(file)
        }}
      />
      {sending ? (
        <>
          <ProgressBar
            label={`Sending ${sending.file.name}`}
            done={sending.done}
            total={sending.file.size}
            words={`${formatBytes(sending.done)} of ${formatBytes(sending.file.size)}`}
          />
          <div class="row">
            <Button size="small" onClick={() => control.current?.abort()}>
              Stop sending
            </Button>
          </div>
        </>
      ) : (
        <div class="row">
          <Button reason={props.reason} onClick={() => input.current?.click()}>
            {props.label}
          </Button>
        </div>
      )}
    </div>
  )
}
