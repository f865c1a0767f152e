/** The terminal, with what the audit log has to know of it: which command, by whom, for how long, and who took it over. */
import type { AuditNote } from '../../contract/audit.ts'
import { PanelError } from '../errors.ts'
import { type AuditCause, type Auditor, PANEL } from './auditor.ts'
import type { TerminalDesk, TerminalWorld } from './terminal-desk.ts'

type Told = Pick<AuditNote, 'action' | 'what' | 'outcome'> & Partial<AuditNote>

function terminalNote(cause: AuditCause | undefined, command: string, told: Told): AuditNote {
  const details = [{ name: 'command', value: command }, ...(told.details ?? [])]
  return { kind: 'terminal', who: cause?.who ?? PANEL, ...told, details }
}

/** A world whose terminals are told when they open, fail to, and end. */
export function auditTerminals<W extends TerminalWorld>(world: W, audit: Auditor): W {
  const open: TerminalWorld['open'] = async (request, onOutput) => {
    const cause = audit.cause()
    const begun = Date.now()
    const tell = (told: Told) => audit.note(terminalNote(cause, request.command, told))
    try {
      const opened = await world.open(request, onOutput)
      await tell({ action: 'terminal.opened', what: 'Open a terminal', outcome: 'done' })
      void opened.terminal.ended.then(
        (code) =>
          tell({
            action: 'terminal.ended',
            what: 'The terminal ended',
            outcome: 'done',
            tookMs: Date.now() - begun,
            details: [{ name: 'exit code', value: code === null ? 'none' : String(code) }],
          }),
        // The half that keeps the log is gone.
        () => undefined,
      )
      return opened
    } catch (error) {
      const code = error instanceof PanelError ? error.code : 'INTERNAL'
      await tell({ action: 'terminal.opened', what: 'Open a terminal', outcome: 'failed', code })
      throw error
    }
  }
  return { ...world, open }
}

/** A desk that tells when somebody goes on in a terminal that another page had. */
export function auditTakeOvers(desk: TerminalDesk, audit: Auditor): TerminalDesk {
  return {
    ...desk,
    async attach(hello, client) {
      const cause = audit.cause()
      const seat = await desk.attach(hello, client)
      return {
        ...seat,
        takeOver() {
          seat.takeOver()
          const told: Told = {
            action: 'terminal.taken-over',
            what: 'Take over the terminal of another page',
            outcome: 'done',
          }
          void audit.note({ ...terminalNote(cause, hello.command, told), details: [] })
        },
      }
    },
  }
}
