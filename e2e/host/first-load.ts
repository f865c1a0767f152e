import type { Page } from 'playwright'

/** What a page fetches of the panel's own files with an empty cache. */
export interface FirstLoad {
  /** Over the wire, without the heads of the answers. */
  readonly kilobytes: number
  readonly files: readonly string[]
}

/** Opens a page of the panel with an empty cache, and waits until it is quiet. What the API answers is not counted. */
export async function measureFirstLoad(page: Page, url: string): Promise<FirstLoad> {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Network.enable')
  await cdp.send('Network.clearBrowserCache')
  const paths = new Map<string, string>()
  const bytes = new Map<string, number>()
  cdp.on('Network.responseReceived', ({ requestId, response }) => {
    const { pathname } = new URL(response.url)
    if (!pathname.startsWith('/api/')) paths.set(requestId, pathname)
  })
  cdp.on('Network.dataReceived', ({ requestId, encodedDataLength }) => {
    bytes.set(requestId, (bytes.get(requestId) ?? 0) + encodedDataLength)
  })
  await page.goto(url)
  // Parts are asked for by what came before them: on a busy machine the network is quiet in between, too.
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.waitForLoadState('networkidle')
  await cdp.detach()
  const sum = [...paths.keys()].reduce((total, id) => total + (bytes.get(id) ?? 0), 0)
  return { kilobytes: sum / 1_024, files: [...paths.values()] }
}
