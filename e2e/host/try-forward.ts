/**
 * Run in the network of a host: what arrives on the unix socket DIRECTORY/PORT goes to 127.0.0.1:PORT there.
 * Arguments: the directory, then ports. Prints `ready` when it listens.
 */
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { joinSockets } from './join-sockets.ts'

const [directory = '', ...ports] = process.argv.slice(2)
for (const port of ports) {
  const server = createServer({ allowHalfOpen: true }, (near) => {
    joinSockets(near, connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true }))
  })
  await once(server.listen(join(directory, port)), 'listening')
}
console.log('ready')
