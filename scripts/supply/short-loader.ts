import type { Plugin } from 'vite'

/** What vite puts before each import() of a part that has style sheets: also for browsers and pages that are not ours. */
const HELPER = '\0vite/preload-helper.js'

/**
 * Puts the page's own loader (web/load-styles.ts) in its place, which is a fraction of it.
 * @param module path of a module that exports `loadWithStyles`
 */
export function shortLoader(module: string): Plugin {
  return {
    name: 'short-loader',
    apply: 'build',
    enforce: 'pre',
    load: (id) =>
      id === HELPER ? `export { loadWithStyles as __vitePreload } from ${JSON.stringify(module)}` : null,
    // Another vite may call its helper another name: then nothing would be shorter, and nobody would see.
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((file) => file.type === 'chunk')
      if (!chunks.some(({ moduleIds }) => moduleIds.includes(module)))
        this.error(`vite has not asked for ${HELPER}: look at ${module}`)
    },
  }
}
