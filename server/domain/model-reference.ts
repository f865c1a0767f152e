/** The gateway's name of a model, `provider/model`. Imports nothing of Node: the page uses it too. */

/**
 * Why a text is no name of a model, as the end of a sentence that begins with "it"; null when it is one. The provider
 * ends at the first `/`; the rest is the provider's own and may have more of them (`openrouter/meta/llama-4:free`).
 * Source: docs/facts/razroom-gateway.md, "As documented upstream".
 */
export function modelProblem(text: string): string | null {
  if (text === '') return 'is empty'
  if (/\s/.test(text)) return 'has a blank in it'
  if (text.length > 256) return 'has more than 256 characters'
  if (!text.includes('/')) return 'names no provider: write provider/model, for example openai/gpt-5.2'
  if (!/^[a-z0-9][a-z0-9.-]*\//.test(text))
    return 'has no provider of small letters, digits, . and - before the first /'
  if (!/^[\w.:@+/-]*$/.test(text)) return 'has a character other than letters, digits and . _ : @ + / -'
  if (/\/(?:\/|$)/.test(text)) return 'has nothing behind a /'
  return null
}

/** What stands before the first `/`. */
export function providerOfModel(model: string): string {
  return model.slice(0, Math.max(0, model.indexOf('/')))
}
