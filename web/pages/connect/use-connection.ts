import { signal } from '@preact/signals'
import { useState } from 'preact/hooks'
import type { ConnectionPreview, Connections, FileEtags } from '../../../contract/connections.ts'
import type { Problem } from '../../../contract/schemas.ts'
import { connectServices, previewConnection } from '../../api/connections.ts'
import { hasCode, toProblem } from '../../api/problem.ts'
import { isGatewayUp } from '../../state/status.ts'
import { type ConnectForm, type FormReading, formFor, isEmptyWish, readForm, toWish } from './connect-form.ts'

/** The last connection of this page, and the files as they were before it: the way back. */
export const lastConnection = signal<{ readonly operationId: string; readonly before: FileEtags } | null>(
  null,
)

export interface ConnectionSession {
  readonly form: ConnectForm
  readonly reading: FormReading
  /** The form was sent once. */
  readonly isAsked: boolean
  /** Why there is nothing to send. */
  readonly reason: string | undefined
  readonly preview: ConnectionPreview | null
  readonly restart: boolean
  readonly isBusy: boolean
  readonly problem: Problem | null
  change(part: Partial<ConnectForm>): void
  setRestart(restart: boolean): void
  dismiss(): void
  /** From the form to what it would change. */
  submit(): void
  apply(): void
  back(): void
}

/** The way from the form over its preview to the files. What is typed is forgotten with the page. */
export function useConnection(known: Connections): ConnectionSession {
  const [form, setForm] = useState<ConnectForm>(() => formFor(known))
  const [isAsked, setAsked] = useState(false)
  const [preview, setPreview] = useState<ConnectionPreview | null>(null)
  const [restart, setRestart] = useState(true)
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const reading = readForm(form, known)
  const wish = toWish(form, known)
  const reason = isEmptyWish(wish) ? 'Choose a provider, a model or a channel first' : undefined

  async function attempt(work: () => Promise<void>): Promise<void> {
    setBusy(true)
    setProblem(null)
    try {
      await work()
    } catch (error) {
      setProblem(toProblem(error))
      if (hasCode(error, 'ENV_CHANGED') || hasCode(error, 'CONFIG_CHANGED')) await lookAgain()
    } finally {
      setBusy(false)
    }
  }
  /** A file is another by now: beside that stands what would change in this one. */
  async function lookAgain(): Promise<void> {
    try {
      setPreview(await previewConnection(wish))
    } catch (error) {
      setPreview(null)
      setProblem(toProblem(error))
    }
  }
  async function write({ etags }: ConnectionPreview): Promise<void> {
    const operationId = await connectServices({ ...wish, etags, restart: restart && isGatewayUp.value })
    lastConnection.value = { operationId, before: etags }
    // Secrets stay in the page no longer than they are needed.
    setForm({ ...formFor(known), model: form.model })
    setPreview(null)
    setAsked(false)
    scrollTo(0, 0)
  }

  return {
    ...{ form, reading, isAsked, reason, preview, restart, isBusy, problem, setRestart },
    change: (part) => setForm({ ...form, ...part }),
    dismiss: () => setProblem(null),
    submit() {
      setAsked(true)
      if (reason !== undefined || reading.problems.length > 0 || isBusy) return
      void attempt(async () => setPreview(await previewConnection(wish)))
    },
    apply() {
      if (preview && !isBusy) void attempt(() => write(preview))
    },
    back() {
      setPreview(null)
      setProblem(null)
    },
  }
}
