/** What the messages of a failed pull mean for the person who named the image. */

/** The registry of a reference as podman reads it (containers-registries.conf(5)); null for a short name. */
export function registryOf(reference: string): string | null {
  const first = reference.split('/')[0] ?? ''
  if (!reference.includes('/')) return null
  return /[.:]/.test(first) || first === 'localhost' ? first : null
}

type Meaning = (reference: string, registry: string) => string

/** In the order they are looked for: what is said once the connection stands comes first. */
const MEANINGS: ReadonlyArray<readonly [RegExp, Meaning]> = [
  [
    /unauthorized|authentication required|denied|invalid username\/password|status: 40[13]/i,
    (reference, registry) =>
      `${registry} gives ${reference} to nobody without a login, or has no such image. ` +
      `Log in to ${registry} in the settings, or check the name.`,
  ],
  [
    /toomanyrequests|too many requests|rate limit/i,
    (_, registry) => `${registry} answers only so many requests an hour. Wait, or log in to ${registry}.`,
  ],
  [
    /manifest unknown|name unknown|repository .* not found|not found: manifest|status: 404/i,
    (reference, registry) => `${registry} has no image of the name and tag ${reference}.`,
  ],
  [
    /short-name .* did not resolve|no unqualified-search registries/i,
    (reference) =>
      `${reference} does not name its registry. Write it whole, for example docker.io/${reference}.`,
  ],
  [
    /no such host|name resolution|server misbehaving|name or service not known/i,
    (_, registry) => `There is no machine of the name ${registry}, or this machine cannot look names up.`,
  ],
  [
    /server gave HTTP response to HTTPS client/i,
    (_, registry) =>
      `${registry} speaks plain HTTP. podman takes that only where registries.conf of the gateway's user says insecure.`,
  ],
  [
    /x509|certificate/i,
    (_, registry) => `The certificate of ${registry} is not one that this machine trusts.`,
  ],
  [
    /connection refused|no route to host|network is unreachable|i\/o timeout|timed? ?out|connection reset/i,
    (_, registry) => `${registry} does not answer: check its port and the network of this machine.`,
  ],
  [
    /no image found in (manifest list|image index) for architecture/i,
    (reference) => `${reference} is there, but not for the processor of this machine.`,
  ],
]

/**
 * @param lines the last lines of `podman pull`
 * @returns a sentence or two, or null when the messages are of another kind
 */
export function explainPullFailure(lines: readonly string[], reference: string): string | null {
  const said = lines.join('\n')
  const registry = registryOf(reference) ?? 'The registry'
  const found = MEANINGS.find(([pattern]) => pattern.test(said))
  return found === undefined ? null : found[1](reference, registry)
}
