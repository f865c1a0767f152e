import { describe, expect, it } from 'vitest'
import { isWanted, readPodmanRun, readPublish, readQuadletFile, readServiceFile } from './found-run.ts'

const words = (line: string) => line.split(' ')

describe('readPodmanRun', () => {
  it('reads the command line of Razroom’s own script', () => {
    const line =
      'podman run --pull=never -d --replace --name razroom --init --userns=keep-id --user 999:999 -e HOME=/home/node -e RAZROOM_GATEWAY_TOKEN=abc --env-file /home/razroom/.razroom/.env -v /home/razroom/.razroom:/home/node/.razroom:rw,Z -v/srv/ws:/home/node/.razroom/workspace -p 28789:18789 -p 127.0.0.1:28790:18790 razroom:local node dist/index.js gateway --bind lan --port 18789'
    expect(readPodmanRun(words(line))).toEqual({
      name: 'razroom',
      image: 'razroom:local',
      userns: 'keep-id',
      publishes: [
        { hostAddress: '', hostPort: 28789, containerPort: 18789 },
        { hostAddress: '127.0.0.1', hostPort: 28790, containerPort: 18790 },
      ],
      volumes: [
        { source: '/home/razroom/.razroom', target: '/home/node/.razroom' },
        { source: '/srv/ws', target: '/home/node/.razroom/workspace' },
      ],
      envFiles: ['/home/razroom/.razroom/.env'],
      env: ['HOME=/home/node', 'RAZROOM_GATEWAY_TOKEN=abc'],
    })
  })

  it.each([
    ['podman run -dit --name x img cmd', 'img'],
    ['podman run --rm -- img cmd', 'img'],
    ['/usr/bin/podman --log-level=error run -P -p 1:2 localhost/a:b', 'localhost/a:b'],
    ['podman run --memory 1g -p 1:2', undefined],
  ])('finds the image in %s', (line, image) => expect(readPodmanRun(words(line))?.image).toBe(image))

  it.each(['docker run x', 'podman start razroom', 'run podman', ''])('%j is none', (line) =>
    expect(readPodmanRun(words(line))).toBeNull(),
  )
})

it('reads a Quadlet file', () => {
  const text = `[Unit]
Description=Razroom
[Container]
# PublishPort=1:2
Image=localhost/razroom:local
ContainerName=razroom
UserNS=keep-id
PublishPort=0.0.0.0:28789:18789
PublishPort=[::1]:28790:18790
Volume=%h/.razroom:/home/node/.razroom:Z
Volume=data.volume:/data
EnvironmentFile=%h/.razroom/.env
Environment=A=1 "B=two words"
Exec=node dist/index.js \\
  gateway
[Install]
WantedBy=default.target
`
  expect(readQuadletFile(text, '/home/razroom')).toEqual({
    name: 'razroom',
    image: 'localhost/razroom:local',
    userns: 'keep-id',
    publishes: [
      { hostAddress: '0.0.0.0', hostPort: 28789, containerPort: 18789 },
      { hostAddress: '::1', hostPort: 28790, containerPort: 18790 },
    ],
    volumes: [{ source: '/home/razroom/.razroom', target: '/home/node/.razroom' }],
    envFiles: ['/home/razroom/.razroom/.env'],
    env: ['A=1', 'B=two words'],
  })
  expect(isWanted(text)).toBe(true)
  expect(isWanted('[Install]\nWantedBy=\n')).toBe(false)
})

it('reads a plain unit that runs podman, and no other', () => {
  const text = `[Service]
ExecStartPre=-/usr/bin/podman rm -f razroom
ExecStart=/usr/bin/podman run --name razroom \\
  --env-file "%h/my env" -p 127.0.0.1:18789:18789 \\
  razroom:local
`
  expect(readServiceFile(text, '/home/a')).toMatchObject({
    image: 'razroom:local',
    envFiles: ['/home/a/my env'],
    publishes: [{ hostAddress: '127.0.0.1', hostPort: 18789, containerPort: 18789 }],
  })
  expect(readServiceFile('[Service]\nExecStart=/home/a/run.sh launch\n', '/home/a')).toBeNull()
})

it.each(['18789', '1-2:1-2', 'a:b:c', '1:2/udp', '127.0.0.1::18789', ''])('leaves the port %j out', (text) =>
  expect(readPublish(text)).toEqual([]),
)
