/** Style sheets of the parts of the page that come later. The build calls this for each of them (vite.config.ts). */

const sheets = new Map<string, Promise<unknown>>()

/**
 * Loads a part together with its style sheets, and hands it over when they are there: it is never seen without them.
 * @param load fetches the part
 * @param paths its style sheets, relative to the top of the panel; undefined when it has none
 * @returns the part @throws whatever keeps a sheet or the part from being fetched; the next call tries again
 */
export async function loadWithStyles<T>(load: () => Promise<T>, paths: readonly string[] = []): Promise<T> {
  const [part] = await Promise.all([load(), ...paths.map(loadSheet)])
  return part
}

function loadSheet(path: string): Promise<unknown> {
  const known = sheets.get(path)
  if (known) return known
  const link = document.createElement('link')
  link.rel = 'stylesheet'
  link.href = `/${path}`
  const coming = new Promise((resolve, reject) => {
    link.onload = resolve
    link.onerror = () => {
      sheets.delete(path)
      link.remove()
      reject(new Error(`${path} could not be loaded`))
    }
  })
  sheets.set(path, coming)
  document.head.append(link)
  return coming
}
