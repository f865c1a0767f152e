/** Runs inside a host: reads lines from its input for some seconds and prints how late they were, as JSON, ms. */
const seconds = Number(process.argv[2])
const delays: number[] = []
let held = ''
process.stdin.setEncoding('latin1')
process.stdin.on('data', (text: string) => {
  const now = performance.timeOrigin + performance.now()
  const lines = (held + text).split('\n')
  held = lines.pop() ?? ''
  for (const line of lines) {
    const at = /at=([\d.]+)/.exec(line)?.[1]
    if (at !== undefined) delays.push(now - Number(at))
  }
})
setTimeout(() => {
  const sorted = delays.toSorted((a, b) => a - b)
  const at = (share: number): number | undefined => sorted[Math.floor((sorted.length - 1) * share)]
  process.stdin.destroy()
  console.log(JSON.stringify({ count: delays.length, p50: at(0.5), p99: at(0.99) }))
}, seconds * 1_000)
