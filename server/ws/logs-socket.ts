import { type LogNotice, LogsHello } from '../../contract/logs.ts'
import { requireUser } from '../operations/gateway-files.ts'
import type { PanelDeps } from '../routes/deps.ts'
import type { SocketRoute } from './bind-sockets.ts'
import { createFlow } from './flow.ts'

/**
 * Log lines as they come, behind a backlog or a cursor. A slow client pauses the reader of the file: nothing piles up,
 * and nothing is left out, for what it has not read stays in the files.
 */
export function logsSocket({ host }: PanelDeps): SocketRoute<typeof LogsHello> {
  return {
    hello: LogsHello,
    async serve(socket, { backlog, after, filter }, signal) {
      const { user, paths } = await requireUser(host)
      const request = {
        path: paths.logFile,
        backlog,
        ...(after === undefined ? {} : { after }),
        ...(filter === undefined ? {} : { filter }),
      }
      const flow = createFlow(socket, signal)
      const tell = (notice: LogNotice) => flow.send(JSON.stringify(notice))
      let isLive = false
      for await (const { rows, gap, live, cursor } of host.followLog(user, request, signal)) {
        if (live && !isLive) {
          isLive = true
          tell({ type: 'live', ...(cursor === undefined ? {} : { cursor }) })
        }
        if (gap !== undefined) tell({ type: 'gap', reason: gap })
        if (rows !== undefined) flow.send(rows)
        // Before the next chunk is taken: what waits for a slow client stays with the reader of the file.
        await flow.room()
      }
    },
  }
}
