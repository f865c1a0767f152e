import { describe, expect, it } from 'vitest'
import { type PanelHost, problemOf, readStatus } from '../host/panel-host.ts'
import { waitUntil } from '../host/wait-until.ts'
import type { AttackHost } from './attack-host.ts'
import { keepScore } from './scoreboard.ts'
import { requestBytes, type Shot } from './shot.ts'

const PLACE = '/root/hostile-images'
/** An image as `docker save` writes it, with one layer that podman has no reason to doubt. $0: the layer's directory. */
const PACK = `
cd "$0"
sum=$(sha256sum layer.tar | cut -d' ' -f1)
printf '{"created":"2026-01-01T00:00:00Z","architecture":"amd64","os":"linux","config":{"Cmd":["/none"]},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' "$sum" > config.json
printf '[{"Config":"config.json","RepoTags":["localhost/evil:1"],"Layers":["layer.tar"]}]' > manifest.json
tar --create --file=image.tar manifest.json config.json layer.tar`
/** What a layer may try: to bring devices and rights, and to be unpacked elsewhere. */
const LAYERS: Readonly<Record<string, string>> = {
  'devices, a FIFO, a set-uid file': `
mkdir d; mknod d/mem c 1 1; mknod d/disk b 7 0; mkfifo d/fifo; cp /bin/busybox d/suid; chmod 6755 d/suid
tar --create --file=layer.tar --directory=d .`,
  'ways out of its directory': `
mkdir -p d e/out; ln -s /tmp/owned d/out; ln -s ../../../../../../../../tmp/owned d/up; echo owned > e/out/file; echo owned > e/file
tar --create --file=layer.tar --directory=d .
tar --append --file=layer.tar --directory=e out/file
tar --append --file=layer.tar --directory=e --transform='s,^file,up/file,' file
tar --append --file=layer.tar --directory=e --absolute-names --transform='s,^file,../../../../../../../../tmp/owned/file,' file
tar --append --file=layer.tar --directory=e --absolute-names --transform='s,^file,/tmp/owned/file,' file
ln e/file e/hard; tar --append --file=layer.tar --directory=e --absolute-names --transform='flags=h;s,^file,../../../../../../../../etc/shadow,' file hard`,
}
/** Files of root's as they are, and what an image must bring nowhere: whiteouts of overlay are devices 0:0. */
const PICTURE = `
mkdir -p /tmp/owned; ls -A /tmp/owned
find /etc /root -xdev -type f ! -path '${PLACE}/*' -exec sha256sum {} + | sort | sha256sum
find /home/razroom -xdev \\( -type b -o -type c \\) -exec stat --format='%t:%T %n' {} + 2> /dev/null | grep -v '^0:0 '; :`

/** Archives and files in the place of one, of which nothing may come but a refusal. */
export function describeHostileImages(panel: () => PanelHost, fire: () => AttackHost['fire']): void {
  const picture = async () => (await panel().host.run(['sh', '-c', PICTURE])).stdout
  const tryUpdate = (path: string) =>
    panel().tryCli(['update', '--archive', path, '--within', '10', '--json'])

  describe('an image archive', () => {
    it('whose layers bring devices or lead elsewhere reaches nothing, and the gateway runs on', async () => {
      const before = await picture()
      for (const [name, script] of Object.entries(LAYERS)) {
        const directory = `${PLACE}/${name.split(' ')[0]}`
        await panel().host.run(['sh', '-ec', `mkdir -p "$0"; cd "$0"; ${script}`, directory])
        await panel().host.run(['sh', '-ec', PACK, directory])
        const { code } = problemOf(await tryUpdate(`${directory}/image.tar`))
        // What podman takes apart without harm is no gateway: the start of it fails, and the old one is back.
        expect(['IMAGE_LOAD_FAILED', 'UPDATE_ROLLED_BACK', 'COMMAND_FAILED'], name).toContain(code)
        expect(await picture(), name).toBe(before)
        keepScore(`images: ${name}`, 1, 1, code)
      }
      expect((await readStatus(panel())).gateway).toMatchObject({ state: 'running', healthy: true })
    })

    it('that is something else, or another’s file, is not read', async () => {
      const make = `cd /home/razroom; mkfifo fifo.tar; mkdir directory.tar; ln -s /root/link link.tar; ln -s /etc/shadow shadow.tar
        ln -s /var/lib/razroom-panel/api-token token.tar; ln -s /dev/zero zero.tar; ln -s . circle; : > empty.tar`
      await panel().host.run(['sh', '-c', make], { user: 'razroom' })
      const names = ['fifo', 'directory', 'link', 'shadow', 'token', 'zero', 'circle/circle/shadow', 'none']
      const paths = [
        ...names.map((name) => `/home/razroom/${name}.tar`),
        '/dev/mem',
        '/proc/kcore',
        '/run/razroom-panel/control.sock',
        '/',
      ]
      for (const path of paths) {
        const result = await tryUpdate(path)
        expect(problemOf(result).code, path).toBe('ARCHIVE_NOT_FOUND')
        expect(`${result.stdout}${result.stderr}`, path).not.toMatch(/root:[*!$]/)
      }
      expect(problemOf(await tryUpdate('/home/razroom/empty.tar')).code).toBe('IMAGE_LOAD_FAILED')
      keepScore('images: something else in the place of an archive', paths.length + 1, paths.length + 1)
    })

    it('that is sent is as long as it says, or leaves nothing', async () => {
      const token = (await panel().host.run(['cat', '/var/lib/razroom-panel/api-token'])).stdout.trim()
      const send = (name: string, length: string, body: string, ...more: [string, string][]): Shot => ({
        name,
        bytes: `${requestBytes({
          method: 'POST',
          target: '/api/uploads',
          headers: [
            ['Authorization', `Bearer ${token}`],
            ['Content-Type', 'application/octet-stream'],
            ['Content-Length', length],
            ...more,
          ],
        })}${body}`,
      })
      const shots = [
        send('too large', String(17 * 1024 ** 3), 'x'),
        send('a negative length', '-1', 'x'),
        send('two lengths', '1', 'xx', ['Content-Length', '2']),
        send('no number', '1e3', 'x'),
        send('length and chunks', '3', '1\r\nx\r\n0\r\n\r\n', ['Transfer-Encoding', 'chunked']),
        { ...send('less than it says', '1000', 'x'), giveUpMs: 1_500 },
      ]
      const outcomes = await fire()(shots)
      const through = outcomes.filter(({ status }) => status > 0 && status < 400)
      expect(through.map(({ name, status }) => `${name} ${status}`)).toEqual([])
      const kept = ['sh', '-c', 'ls -A /var/lib/razroom-panel/uploads 2> /dev/null; :']
      // That its sender is gone the panel hears after the client does.
      await waitUntil('no upload is left', 30_000, async () => (await panel().host.run(kept)).stdout === '')
      keepScore('images: uploads that lie about their length', shots.length, shots.length - through.length)
    })
  })
}
