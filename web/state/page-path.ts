/** Which page of the panel the address bar names, and how links lead from one to another without loading anew. */
import { signal } from '@preact/signals'

/** The path of the address bar, without slashes at its end. */
export const pagePath = signal(pathOfAddress())

function pathOfAddress(): string {
  return location.pathname.replace(/\/+$/, '') || '/'
}

/** Opens a page. @param replaces the way back leads past the page that is left */
export function openPage(href: string, replaces = false): void {
  if (replaces) history.replaceState(null, '', href)
  else history.pushState(null, '', href)
  pagePath.value = pathOfAddress()
}

/** Clicks on the panel's own links open their page here; all others are left to the browser. @returns what ends that */
export function followLinks(): () => void {
  const onMove = (): void => {
    pagePath.value = pathOfAddress()
  }
  onMove()
  addEventListener('click', followLink)
  addEventListener('popstate', onMove)
  return () => {
    removeEventListener('click', followLink)
    removeEventListener('popstate', onMove)
  }
}

function followLink(event: MouseEvent): void {
  const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[href]') : null
  if (!link || !isPlain(event) || !leadsToPage(link)) return
  event.preventDefault()
  openPage(link.href)
}

/** A click that asks for nothing special, such as another tab. */
function isPlain({ button, ctrlKey, metaKey, altKey, shiftKey }: MouseEvent): boolean {
  return button === 0 && !ctrlKey && !metaKey && !altKey && !shiftKey
}

/** A place within the page, a file and another window are the browser's. */
function leadsToPage(link: HTMLAnchorElement): boolean {
  const isHere = link.target === '' || link.target === '_self'
  const isPlace = link.getAttribute('href')?.startsWith('#')
  return link.origin === location.origin && isHere && !isPlace && !link.hasAttribute('download')
}
