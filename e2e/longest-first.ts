import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * The files on hosts that take longest, by what was measured with two at once. Where nothing is known of earlier runs,
 * vitest begins with the largest file, and these are small: the last of them would run alone.
 */
const LONGEST: readonly string[] = [
  'journeys/install-debian-12-no-systemd',
  'journeys/images-debian-13',
  'journeys/install-debian-13',
  'attacks/door',
  'journeys/doctor',
  'journeys/backup',
  'attacks/machine',
  'attacks/streams',
  'journeys/images-debian-12',
  'journeys/mode-debian-13',
  'journeys/logs',
  'journeys/interrupted',
  'journeys/settings-page',
  'journeys/export',
  'attacks/secrets',
  'journeys/cli-journey',
  'journeys/mode-debian-12',
  'attacks/gateway-files',
  'journeys/wrong-inputs',
]

const rankOf = ({ moduleId }: TestSpecification): number => {
  const rank = LONGEST.findIndex((name) => moduleId.endsWith(`/e2e/${name}.test.ts`))
  return rank === -1 ? LONGEST.length : rank
}

/** Begins with the long files, so that two workers end at about the same time. */
export class LongestFirst extends BaseSequencer {
  /** @param files of all projects @returns the same in the order in which they are begun */
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((one, other) => rankOf(one) - rankOf(other))
  }
}
