import type { ComponentChildren, JSX } from 'preact'

/** A link to another page that is as weighty as a button. */
export function LinkButton(props: {
  href: string
  kind?: 'primary' | 'quiet'
  children: ComponentChildren
}): JSX.Element {
  return (
    <a class="button" data-kind={props.kind} href={props.href}>
      {props.children}
    </a>
  )
}
