import { expect, it } from 'vitest'
import { quadletObstacle } from './quadlet-obstacle.ts'

it('needs systemd and cgroups v2, and nothing else', () => {
  expect(quadletObstacle({ hasSystemd: true, cgroups: 'v2' })).toBeUndefined()
  expect(quadletObstacle({ hasSystemd: false, cgroups: 'v2' })).toContain('systemd')
  expect(quadletObstacle({ hasSystemd: true, cgroups: 'hybrid' })).toContain('hybrid cgroups')
  expect(quadletObstacle({ hasSystemd: true, cgroups: 'v1' })).toContain('cgroups v1')
})
