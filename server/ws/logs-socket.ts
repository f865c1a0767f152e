import { type LogFrame, LogsHello } from '../../contract/events.ts'
import type { LogLine } from '../../contract/schemas.ts'
import { sanitizeLogText } from '../domain/log-line.ts'
import { requireUser } from '../operations/gateway-files.ts'
import type { PanelDeps } from '../routes/deps.ts'
import type { SocketRoute } from './bind-sockets.ts'
import { createFlow } from './flow.ts'

/** A LogTuple of the contract as text: a flood of lines would fill the memory with lists of five. */
function tupleText({ cursor, time, stream, text, truncated }: LogLine): string {
  const short = stream === 'stdout' ? 'o' : 'e'
  const clean = JSON.stringify(sanitizeLogText(text))
  return `[${JSON.stringify(cursor)},${JSON.stringify(time)},"${short}",${clean}${truncated ? ',1' : ''}]`
}

/** Log lines as they come, behind a backlog or a cursor. A slow client pauses the reader; nothing piles up. */
export function logsSocket({ host }: PanelDeps): SocketRoute<typeof LogsHello> {
  return {
    hello: LogsHello,
    async serve(socket, hello, signal) {
      const { user, paths } = await requireUser(host)
      const path = paths.logFile
      const { backlog, after } = hello
      const chunks = host.followLog(
        user,
        { path, backlog, ...(after === undefined ? {} : { after }) },
        signal,
      )
      const flow = createFlow(socket, signal)
      const send = (frame: LogFrame) => flow.send(JSON.stringify(frame))
      let isLive = false
      for await (const chunk of chunks) {
        if (chunk.live && !isLive) {
          isLive = true
          send({ type: 'live' })
        }
        if (chunk.gap !== undefined) send({ type: 'gap', reason: chunk.gap })
        if (chunk.lines.length > 0)
          flow.send(`{"type":"lines","lines":[${chunk.lines.map(tupleText).join(',')}]}`)
        // Before the next chunk is taken: what waits for a slow client stays with the reader of the file.
        await flow.room()
      }
    },
  }
}
