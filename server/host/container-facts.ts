/** Containers and images as podman tells of them, and what is asked of it. */
import type { ImageSource } from '../../contract/settings.ts'

export interface ContainerFacts {
  readonly id: string
  readonly name: string
  /** podman's word: created, configured, running, paused, exited, stopped, removing ... */
  readonly status: string
  readonly running: boolean
  readonly pid: number
  readonly exitCode: number
  readonly oomKilled: boolean
  /** podman knows that a person stopped it (podman 4.4 and later; false before). */
  readonly stoppedByUser: boolean
  readonly startedAt: string
  readonly finishedAt: string
  readonly imageId: string
  readonly imageName: string
  readonly labels: Readonly<Record<string, string>>
  /** KEY=value, as the container was created with. */
  readonly env: readonly string[]
  readonly logDriver: string
  readonly logPath: string
  /** The published ports, as podman was told; hostAddress is '' for all addresses. */
  readonly ports: readonly PublishedPort[]
  /** As podman names it: pasta, slirp4netns, bridge, host ... Missing where it does not tell. */
  readonly networkMode?: string
  /** The command line that made it, program first; empty when podman does not tell. */
  readonly createCommand: readonly string[]
}

export interface PublishedPort {
  readonly containerPort: number
  readonly hostAddress: string
  readonly hostPort: number
}

export interface ImageFacts {
  readonly id: string
  readonly reference: string
  readonly createdAt: string
  readonly sizeBytes: number
  readonly labels: Readonly<Record<string, string>>
  /** All its names. */
  readonly references: readonly string[]
  /** sha256:... of the manifest; missing when it came from no registry. */
  readonly digest?: string
  /** KEY=value, as the image sets them. */
  readonly env: readonly string[]
}

export interface ContainerEvent {
  readonly name: string
  /** podman's word: create, start, died, stop, remove ... */
  readonly status: string
  readonly time: string
}

/** The sources that are built here, of a directory with a Dockerfile. */
export type BuildSource = Extract<ImageSource, { kind: 'bundled' | 'repo' }>

export interface BuildRequest {
  readonly source: BuildSource
  /** Tag of the finished image, for example localhost/razroom:repo. */
  readonly tag: string
}

/** What a request to the gateway brought: 'refused' no connection or an empty answer, else the HTTP status. */
export type ProbeResult =
  | { readonly answered: false; readonly reason: string }
  | { readonly answered: true; readonly status: number }

export interface Usage {
  /** Of one core, 0 to 100 x cores, since the last call for the same pid. */
  readonly cpuPercent: number
  readonly memoryBytes: number
}
