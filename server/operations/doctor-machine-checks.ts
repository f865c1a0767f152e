/** The checks of the doctor that look at the machine. */
import {
  checkCgroups,
  checkClock,
  checkHelpers,
  checkMemory,
  checkPodmanVersion,
  checkRoom,
  checkRuntime,
} from '../domain/doctor/machine-checks.ts'
import { shellQuote } from '../domain/shell-quote.ts'
import type { Check } from './doctor-checks.ts'

/** Where rootless podman keeps its images for a user that does not exist yet. */
const HOMES = '/home'

export const MACHINE_CHECKS: readonly Check[] = [
  {
    id: 'podman',
    title: 'The machine and its podman',
    looked: () => 'podman --version; cat /etc/os-release',
    async run(look) {
      const [facts, patient] = await Promise.all([look.facts(), look.patient()])
      return checkPodmanVersion(facts, patient?.settings.mode ?? null)
    },
  },
  {
    id: 'helpers',
    title: 'Helpers of podman: newuidmap and catatonit',
    looked: () => 'command -v newuidmap newgidmap catatonit',
    run: async (look) => checkHelpers(await look.facts()),
  },
  {
    id: 'runtime',
    title: 'A container runtime that works here',
    looked: () => 'command -v crun runc',
    run: async (look) => checkRuntime(await look.facts()),
  },
  {
    id: 'cgroups',
    title: 'Control groups',
    looked: () => 'findmnt -t cgroup2,cgroup; cat /sys/fs/cgroup/cgroup.controllers',
    async run(look) {
      const patient = await look.patient()
      const delegated = patient ? await look.host.readDelegation(patient.user) : null
      return checkCgroups(await look.facts(), delegated)
    },
  },
  {
    id: 'disk',
    title: 'Room on the disk',
    looked: (patient) => {
      const home = shellQuote(patient?.user.home ?? HOMES)
      return `df -h ${home}; df -i ${home}`
    },
    async run(look) {
      const home = (await look.patient())?.user.home ?? HOMES
      const [facts, freeBytes, inodes] = await Promise.all([
        look.facts(),
        look.host.readDiskFree(home),
        look.host.readInodes(home),
      ])
      return checkRoom(facts, { freeBytes, inodes })
    },
  },
  {
    id: 'memory',
    title: 'Memory',
    looked: () => 'free -h',
    async run(look) {
      const [facts, memory, seen] = await Promise.all([
        look.facts(),
        look.host.readMemory(),
        look.observation(),
      ])
      const { container, unit } = seen
      const isRunning = container?.running === true
      const wasKilled = !isRunning && (container?.oomKilled === true || unit?.facts.result === 'oom-kill')
      return checkMemory(facts, { ...memory, wasKilled, isRunning })
    },
  },
  {
    id: 'clock',
    title: 'The clock',
    looked: () => 'date; timedatectl',
    async run(look) {
      const { image, container, previousImage } = await look.observation()
      return checkClock(Date.now(), [
        ...(image ? [['the image', Date.parse(image.createdAt)] as const] : []),
        ...(container ? [['the start of the container', Date.parse(container.startedAt)] as const] : []),
        ...(previousImage ? [['the last update', Date.parse(previousImage.replacedAt)] as const] : []),
      ])
    },
  },
]
