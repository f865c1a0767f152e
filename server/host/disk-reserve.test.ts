import { describe, expect, it } from 'vitest'
import { createDiskReserve } from './disk-reserve.ts'

const MIB = 1_048_576

async function drain(stream: AsyncIterable<Uint8Array>): Promise<number> {
  let bytes = 0
  for await (const chunk of stream) bytes += chunk.length
  return bytes
}

async function* stream(chunks: number, bytes: number): AsyncGenerator<Uint8Array> {
  const chunk = new Uint8Array(bytes)
  for (let sent = 0; sent < chunks; sent += 1) yield chunk
}

describe('the reserve', () => {
  it('is left to the machine, whatever is needed beside it', async () => {
    const reserve = createDiskReserve('/kept', async () => 300 * MIB)
    await reserve.require(44 * MIB)
    await expect(reserve.require(45 * MIB)).rejects.toMatchObject({
      code: 'DISK_FULL',
      detail: '/kept has 315 MB left, and this needs 316 MB',
    })
  })

  it('is kept from a hundred streams at once as from one', async () => {
    let free = 1_024 * MIB
    const reserve = createDiskReserve('/kept', async () => free)
    const sink = async () => {
      for await (const chunk of reserve.guard(stream(63, MIB))) free -= chunk.length
    }
    const ends = await Promise.allSettled(Array.from({ length: 100 }, sink))
    expect(ends.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0)
    expect(free).toBeGreaterThan(128 * MIB)
  })

  it('hands everything on where there is room', async () => {
    const reserve = createDiskReserve('/kept', async () => 1_024 * MIB)
    expect(await drain(reserve.guard(stream(130, MIB)))).toBe(130 * MIB)
  })
})
