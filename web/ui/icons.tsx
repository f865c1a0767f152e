import type { JSX } from 'preact'

const PATHS = {
  overview: 'M3 12a9 9 0 1 1 18 0M12 12l4-4M5 18h14',
  logs: 'M4 6h16M4 10h10M4 14h16M4 18h7',
  environment: 'M4 8h9m4 0h3M4 16h3m4 0h9M15 6v4M9 14v4',
  configuration:
    'M9 4C6 4 7.5 11 4.5 12 7.5 13 6 20 9 20M15 4c3 0 1.5 7 4.5 8-3 1-1.5 8-4.5 8M12 9h.01M12 15h.01',
  doctor: 'M3 12h4l2.5-6 4 12 2.5-6h5',
  history: 'M4 12a8 8 0 1 0 2.6-5.9L4 8.5M4 4v4.5h4.5M12 8v4.5l3 1.8',
  terminal: 'M4 5h16v14H4zM7.5 9.5 10 12l-2.5 2.5M12.5 15h4',
  setup: 'M12 3v10m0 0 4-4m-4 4L8 9M4 15v4a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2v-4',
  settings:
    'M12 15.2a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4ZM12 3v2.6M12 18.4V21M4.2 7.5l2.3 1.3M17.5 15.2l2.3 1.3M4.2 16.5l2.3-1.3M17.5 8.8l2.3-1.3',
  check: 'm5 12.5 4.5 4.5L19 7.5',
  cross: 'M6 6l12 12M18 6 6 18',
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM15.2 15.2 20 20',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7v5l3.5 2',
  pending: 'M12 12h.01',
  warning:
    'M12 9v4m0 3.5h.01M10.3 4.2 2.9 17.3A2 2 0 0 0 4.6 20.3h14.8a2 2 0 0 0 1.7-3L13.7 4.2a2 2 0 0 0-3.4 0Z',
  info: 'M12 11v5m0-8.5h.01M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z',
  copy: 'M9 9h9a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-7a2 2 0 0 1-2-2zM5 15a2 2 0 0 1-1-1.7V5a2 2 0 0 1 2-2h8a2 2 0 0 1 1.7 1',
  open: 'M14 4h6v6m0-6-9 9M18 14v4a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2h4',
  theme: 'M12 3v18M12 3a9 9 0 0 1 0 18M12 21a9 9 0 0 1 0-18M14 7l4 2m-4 2 6 1m-6 4 4 0',
  logout: 'M10 4H6a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h4m5-4 4-4-4-4m4 4H9',
  down: 'M12 5v14m0 0 6-6m-6 6-6-6',
  pause: 'M8 5v14M16 5v14',
  play: 'M7 5v14l12-7z',
  eye: 'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Zm9.5 2.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6Z',
  edit: 'm4 20 .8-4L16 4.8a1.7 1.7 0 0 1 2.4 0l.8.8a1.7 1.7 0 0 1 0 2.4L8 19.2z',
  trash: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
  undo: 'M8 5 4 9l4 4M4 9h10a5 5 0 0 1 0 10h-3',
  rotate: 'M20 11a8 8 0 0 0-14.3-4.3L4 8.5M4 4v4.5h4.5M4 13a8 8 0 0 0 14.3 4.3l1.7-1.8M20 20v-4.5h-4.5',
} as const

export type IconName = keyof typeof PATHS

/** A line drawing in the colour of the text. It says nothing to a screen reader: the text beside it does. */
export function Icon({ name, size = 18 }: { name: IconName; size?: number }): JSX.Element {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width={name === 'pending' ? 5 : 1.8}
      stroke-linecap="round"
      stroke-linejoin="round"
    >
      <path d={PATHS[name]} />
    </svg>
  )
}
