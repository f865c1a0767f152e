/** `sudo`, perhaps with a user, before a command: no word of a sentence about sudo itself. */
const COMMAND = /\bsudo (?:-H )?(?:-u (\S+) )?(?=[a-z./~])(?!(?:and|in|is|of|or|to)\b)/g

/**
 * The commands in a text of the panel as they are typed where there is no sudo: there a person is root, and becomes
 * another user by runuser(1), which unlike sudo(8) keeps the runtime directory of root's own session; podman of another
 * user refuses that.
 */
export function withoutSudo(text: string): string {
  return text.replace(COMMAND, (_all, user?: string) =>
    user === undefined ? '' : `runuser -u ${user} -- env -u XDG_RUNTIME_DIR `,
  )
}
