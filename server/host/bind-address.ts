import { createServer } from 'node:net'

/** True when this machine has the address: a socket can be bound to it (bind(2), EADDRNOTAVAIL). */
export function hasAddress(address: string): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>()
  const server = createServer()
  server.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRNOTAVAIL' || error.code === 'EINVAL') resolve(false)
    else reject(error)
  })
  // Port 0: any that is free.
  server.listen({ host: address, port: 0, exclusive: true }, () => server.close(() => resolve(true)))
  return promise
}
