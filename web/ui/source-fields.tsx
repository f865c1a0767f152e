import './choice.css'
import type { JSX } from 'preact'
import { useId } from 'preact/hooks'
import { Choice } from './choice.tsx'
import { Field } from './field.tsx'
import { TextArea } from './text-area.tsx'
import { UploadField } from './upload-field.tsx'

/** What was filled in; every kind keeps its own, so that a look at another loses nothing. */
export interface SourceValues {
  readonly kind: 'bundled' | 'repo' | 'registry' | 'archive'
  readonly path: string
  readonly buildArgs: string
  readonly reference: string
  readonly archive: string
}

export interface SourceFieldsProps {
  readonly values: SourceValues
  readonly errors: { readonly [K in keyof SourceValues]?: string }
  readonly bundledAvailable: boolean
  readonly onChange: (part: Partial<SourceValues>) => void
  readonly upload: Parameters<typeof UploadField>[0]['upload']
  readonly onUploadFailure: (error: unknown) => void
}

/** Where the gateway's image comes from, with what each way needs to know. */
export function SourceFields(props: SourceFieldsProps): JSX.Element {
  const name = useId()
  const choice = (
    kind: SourceValues['kind'],
    title: string,
    words: string,
    isDisabled = false,
  ): JSX.Element => (
    <Choice
      name={name}
      value={kind}
      title={title}
      isChosen={props.values.kind === kind}
      isDisabled={isDisabled}
      onChoose={() => props.onChange({ kind })}
    >
      {words}
    </Choice>
  )
  return (
    <div class="stack">
      <fieldset class="choices">
        <legend class="legend">Where the image comes from</legend>
        {choice(
          'bundled',
          'Bundled gateway',
          props.bundledAvailable
            ? 'The small gateway that comes with the panel, for a first try. It is not the full Razroom: it answers, takes its token and keeps its log, and you can change to another source later.'
            : 'Not available: its files are missing. In the checkout of the panel, run npm run gateway:rootfs and npm run build.',
          !props.bundledAvailable,
        )}
        {choice(
          'repo',
          'Razroom checkout',
          'A directory with the source of Razroom and its Dockerfile. The first build can take many minutes.',
        )}
        {choice(
          'registry',
          'Registry',
          'An image that somebody has built and put into a registry; podman pulls it.',
        )}
        {choice('archive', 'Archive', 'An image in a file, as podman save writes it.')}
      </fieldset>
      <KindFields {...props} />
    </div>
  )
}

function KindFields(props: SourceFieldsProps): JSX.Element | null {
  const { values, errors, onChange } = props
  switch (values.kind) {
    case 'bundled':
      return null
    case 'repo':
      return (
        <>
          <Field
            label="Directory of the checkout"
            value={values.path}
            onInput={(path) => onChange({ path })}
            placeholder="/home/me/razroom"
            hint="An absolute path on the machine of the gateway. Its Dockerfile is built; the directory itself stays as it is."
            error={errors.path}
            isMono
          />
          <TextArea
            label="Build arguments (optional)"
            value={values.buildArgs}
            rows={2}
            onInput={(buildArgs) => onChange({ buildArgs })}
            placeholder="NAME=value"
            hint="One NAME=value in each line, for the ARG lines of the Dockerfile. They stay visible in the image: put no secret here."
            error={errors.buildArgs}
          />
        </>
      )
    case 'registry':
      return (
        <Field
          label="Reference of the image"
          value={values.reference}
          onInput={(reference) => onChange({ reference })}
          placeholder="registry.example/razroom:2026.1"
          hint="As podman pull takes it. With a digest (@sha256:…) it is the same image at every pull. A private registry needs a login: in the settings, once there is a gateway (the bundled one will do)."
          error={errors.reference}
          isMono
        />
      )
    case 'archive':
      return <ArchiveFields {...props} />
  }
}

function ArchiveFields({ values, errors, onChange, ...props }: SourceFieldsProps): JSX.Element {
  return (
    <>
      <Field
        label="File of the image"
        value={values.archive}
        onInput={(archive) => onChange({ archive })}
        placeholder="/home/me/razroom.tar"
        hint="An absolute path on the machine of the gateway, uncompressed or gzip; or send the file from the machine you sit at."
        error={errors.archive}
        isMono
      />
      <UploadField
        label="Send a file…"
        upload={props.upload}
        onDone={(archive) => onChange({ archive })}
        onFailure={props.onUploadFailure}
      />
    </>
  )
}
