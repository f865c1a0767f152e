import { expect, test } from 'vitest'
import { readTouches, touchesOfRoot } from './attacks/root-touches.ts'

const TRACE = `10    openat(AT_FDCWD</>, "/etc/passwd", O_RDONLY) = 3</etc/passwd>
10    vfork( <unfinished ...>
11    openat(AT_FDCWD</>, "/home/u/before", O_RDONLY) = -1 ENOENT (No such file or directory)
11    setuid(995 <unfinished ...>
10    getpid()                          = 10
11    <... setuid resumed>)             = 0
10    setuid(995 <unfinished ...>
10    <... setuid resumed>)             = -1 EPERM (Operation not permitted)
11    execve("/usr/bin/cat", ["cat", "/home/u/not/a/path/by/itself"], 0x7ffd /* 9 vars */) = 0
10    <... vfork resumed>)              = 11
11    openat(AT_FDCWD</>, "/home/u/after", O_RDONLY) = 4</home/u/after>
10    newfstatat(5</home/u>, "file", {st_mode=S_IFREG}, 0) = 0
10    openat(AT_FDCWD</>, "/srv/link", O_RDONLY) = 6</home/u/target>
10    setresuid(-1, 0, -1)              = 0
10    setuid(995)                       = -1 EPERM (Operation not permitted)
12    stat("/home/u/stranger", 0x0)     = 0
10    execve("/usr/bin/x", ["x", "/home/u/argument"], 0x7ffd) = 0
10    readlinkat(AT_FDCWD</>, "/proc/self/exe", "/home/u/said", 4096) = 12
10    lstat("/home/u", {st_mode=S_IFDIR}) = 0
10    mkdirat(5</home/u>, "./x//y", 0700) = 0`

test('tells what root or a stranger named below a directory, by whatever way, from what others did', () => {
  const touches = readTouches(TRACE, [{ pid: 10, euid: 0 }])
  expect(touchesOfRoot(touches, ['/home/u']).map(({ call, path }) => `${call} ${path}`)).toEqual([
    'openat /home/u/before',
    'newfstatat /home/u/file',
    'openat /home/u/target',
    'stat /home/u/stranger',
    'mkdirat /home/u/x/y',
  ])
  expect(touches.find(({ path }) => path === '/home/u/after')).toMatchObject({ euid: 995, program: 'cat' })
  expect(touches.find(({ path }) => path === '/home/u/stranger')).toMatchObject({ euid: -1 })
})
