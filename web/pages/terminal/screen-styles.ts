/**
 * xterm.js brings its styles by <style> elements and style attributes, which `style-src 'self'` refuses. Here the
 * elements are stand-ins whose text goes into constructed style sheets, and the attributes are set by CSSOM: neither
 * is text that a policy would have to look at. Can go when xterm.js keeps to such a policy by itself:
 * https://github.com/xtermjs/xterm.js/issues/4445
 */

type Create = (name: string) => HTMLElement

/** A document for xterm's `documentOverride`: it makes elements that keep to the policy. */
export function strictDocument(): Document {
  return new Proxy(document, {
    get(target, name) {
      if (name === 'createElement') return createStrictly
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

let users = 0

/**
 * Has the real document make such elements, too, for the parts of xterm that ask it in spite of the override: its
 * Viewport when it opens, and its rows whenever they are drawn in a colour that no class has.
 * @returns ends it
 */
export function useStrictDocument(): () => void {
  users += 1
  if (users === 1)
    Object.defineProperty(document, 'createElement', { configurable: true, value: createStrictly })
  return () => {
    users -= 1
    // The method of the prototype shows again.
    if (users === 0) Reflect.deleteProperty(document, 'createElement')
  }
}

const createStrictly: Create = (name) => {
  if (name === 'style') return standIn()
  const element = create(name)
  const setAttribute = element.setAttribute.bind(element)
  element.setAttribute = (attribute, value) => {
    if (attribute === 'style') element.style.cssText = value
    else setAttribute(attribute, value)
  }
  return element
}

function create(name: string): HTMLElement {
  return Document.prototype.createElement.call(document, name)
}

/** An element without meaning, whose text is a style sheet of the document until it is removed. */
function standIn(): HTMLElement {
  const element = create('data')
  const sheet = new CSSStyleSheet()
  let text = ''
  document.adoptedStyleSheets.push(sheet)
  element.hidden = true
  Object.defineProperty(element, 'textContent', {
    get: () => text,
    set(next: string) {
      text = next
      sheet.replaceSync(next)
    },
  })
  element.remove = () => {
    const { adoptedStyleSheets } = document
    document.adoptedStyleSheets = adoptedStyleSheets.filter((other) => other !== sheet)
    Element.prototype.remove.call(element)
  }
  return element
}
