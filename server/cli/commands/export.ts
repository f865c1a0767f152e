import { resolve } from 'node:path'
import type { ExportFormat } from '../../../contract/unit.ts'
import { alwaysRoot, type Command, textOption } from '../command.ts'
import { chooseSubcommand, refuseOperands } from '../parse-arguments.ts'
import { printable } from '../terminal-text.ts'

const FORMATS = ['quadlet', 'service', 'script', 'kube', 'compose'] as const satisfies readonly ExportFormat[]

export const exportGateway: Command = {
  name: 'export',
  summary: 'Print the gateway as a unit, a script, a compose file or Kubernetes objects',
  forms: ['export quadlet|service|script|kube|compose [--secrets] [--output FILE] [--json]'],
  about: [
    'Prints the file on stdout and what it leaves to you on stderr. quadlet is for the podman of this machine,\n' +
      'service for one without Quadlet (before 4.4), script is the launch script, kube holds a Deployment, a Secret,\n' +
      'volumes and a Service.',
    'Units, script and compose file read .env where it lies. kube has placeholders for secrets. With --secrets kube\n' +
      'and compose hold the values themselves.',
    'With --json: { format, filename, text, notes }.',
  ],
  options: {
    secrets: { type: 'boolean', about: 'with the secrets themselves, where the file holds variables' },
    output: { type: 'string', value: 'FILE', about: 'into this new file, which only you may read' },
  },
  examples: [
    ['sudo razroom-panel export quadlet', 'show the Quadlet file'],
    ['sudo razroom-panel export kube --secrets --output razroom.yaml', 'everything for a cluster, in a file'],
  ],
  needsRoot: alwaysRoot,
  async run({ client, io, options, out, positionals, services }) {
    const [word, ...others] = positionals
    const format = chooseSubcommand('export', word, FORMATS)
    refuseOperands(`export ${format}`, others)
    const panel = await client()
    const document =
      options.secrets === true
        ? await panel.call('POST /api/export/:format/reveal', { params: { format } })
        : await panel.call('GET /api/export/:format', { params: { format } })
    const file = textOption(options, 'output')
    if (file !== undefined) await services.writeOutputFile(resolve(io.cwd, file), document.text)
    if (out.json) {
      out.document(document)
      return 0
    }
    if (file === undefined) await out.write(document.text)
    else out.line(printable(`Written: ${file}`))
    for (const note of document.notes) out.note(printable(note))
    return 0
  },
}
