/**
 * Puts a secret that is still on its way into the clipboard. Safari lets a page write only while it handles the click,
 * and takes a promise for that reason (WebKit, "Async Clipboard API"); others take the text when it has come.
 * @returns false when the browser refuses: no permission, no focus, no secure context, or no such interface
 * @throws what the secret's promise rejects with
 */
export async function copySecret(secret: Promise<string>): Promise<boolean> {
  if (await writeItem(secret)) return true
  const text = await secret
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    // Any reason is the same to the person: it is to be copied by hand.
    return false
  }
}

async function writeItem(secret: Promise<string>): Promise<boolean> {
  if (typeof ClipboardItem === 'undefined') return false
  const blob = secret.then((text) => new Blob([text], { type: 'text/plain' }))
  // Where the item is refused unread, nobody else looks at this promise.
  blob.catch(() => undefined)
  try {
    await navigator.clipboard.write([new ClipboardItem({ 'text/plain': blob })])
    return true
  } catch {
    // It is tried the other way, which also throws what is wrong with the secret.
    return false
  }
}
