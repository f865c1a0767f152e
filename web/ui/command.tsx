import type { JSX } from 'preact'
import { CopyButton } from './copy-button.tsx'

/** A shell command, ready to be copied. */
export function Command({ text }: { text: string }): JSX.Element {
  return (
    <div class="command">
      <code>{text}</code>
      <CopyButton text={text} label={`Copy command: ${text}`} />
    </div>
  )
}

/** The same actions for people who prefer a shell. @param commands pairs of what it does and the command */
export function EquivalentCommands({
  commands,
}: {
  commands: readonly (readonly [string, string])[]
}): JSX.Element {
  return (
    <details class="equivalent">
      <summary>The same from a shell</summary>
      <dl>
        {commands.map(([what, command]) => (
          <>
            <dt key={`${what} what`} class="muted">
              {what}
            </dt>
            <dd key={what}>
              <Command text={command} />
            </dd>
          </>
        ))}
      </dl>
    </details>
  )
}
