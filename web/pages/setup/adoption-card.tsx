import type { JSX } from 'preact'
import type { Adoption } from '../../../contract/schemas.ts'
import type { Settings } from '../../../contract/settings.ts'
import { MODE_WORDS, sourceWords } from '../../ui/setting-words.ts'

/** A gateway that is there already: what was found, and what setup takes over from it. */
export function AdoptionCard({ adoption }: { adoption: Adoption }): JSX.Element {
  const facts = settingFacts(adoption.settings)
  return (
    <section class="note" data-tone="good" aria-label="A gateway was found">
      <h2>A gateway was found on this machine</h2>
      <p>
        Setup takes it over: the form below has its settings. Its token, configuration and workspace stay as
        they are, and a backup of them is made first.
      </p>
      <ul class="bullets">
        {adoption.found.map((text) => (
          <li key={text} class="break">
            {text}
          </li>
        ))}
      </ul>
      {facts.length > 0 && (
        <dl class="facts small">
          {facts.map(([name, value]) => (
            <>
              <dt key={`${name} name`}>{name}</dt>
              <dd key={name} class="break">
                {value}
              </dd>
            </>
          ))}
        </dl>
      )}
    </section>
  )
}

/** The settings that are taken over, in words. */
export function settingFacts(settings: Partial<Settings>): [string, string][] {
  const { image } = settings
  const known: [string, string | number | null | undefined][] = [
    ['User', settings.user],
    ['Container', settings.containerName],
    ['Runs as', settings.mode && MODE_WORDS[settings.mode]],
    ['Image', image && describeSource(image)],
    ['Gateway port', settings.gatewayPort],
    ['Bridge port', settings.bridgePort],
    ['Published on', settings.publishAddress],
    ['Configuration', settings.configDir],
    ['Workspace', settings.workspaceDir],
    ['User namespace', settings.userns],
  ]
  return known.flatMap(([name, value]): [string, string][] =>
    value === undefined || value === null ? [] : [[name, String(value)]],
  )
}

function describeSource(image: Settings['image']): string {
  const detail = image.kind === 'registry' ? image.reference : image.kind === 'bundled' ? '' : image.path
  return detail === '' ? sourceWords(image) : `${sourceWords(image)}: ${detail}`
}
