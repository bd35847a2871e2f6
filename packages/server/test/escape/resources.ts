import { type Attempt, python, shell } from './attempt.js'

/** What could run out for others. Memory, processor time and the disk are bounded by control groups and disk images, which have tests of their own. */
export const resourceAttempts: readonly Attempt[] = [
  python(
    'processes without end',
    `
made = []
try:
    while len(made) < 5000:
        pid = os.fork()
        if pid == 0:
            signal.pause()
        made.append(pid)
except OSError as error:
    print(errno.errorcode[error.errno], len(made) < 512)
finally:
    for pid in made: os.kill(pid, signal.SIGKILL)
    for pid in made: os.waitpid(pid, 0)`,
    /^EAGAIN True$/,
  ),
  python(
    'open files without end',
    `
held = []
try:
    while len(held) < 100000: held.append(os.open('/dev/null', os.O_RDONLY))
except OSError as error:
    print(errno.errorcode[error.errno], len(held) < 4096)`,
    /^EMFILE True$/,
  ),
  python(
    'a higher limit',
    `
def raised(which):
    try:
        resource.setrlimit(which, (10**9, 10**9))
        return 'raised'
    except ValueError:
        return 'refused'
print(*[raised(each) for each in (resource.RLIMIT_NPROC, resource.RLIMIT_NOFILE, resource.RLIMIT_CORE)])`,
    /^refused refused refused$/,
  ),
  shell(
    'a file larger than one may be',
    'truncate -s 5G large || true; stat -c %s large 2>/dev/null || echo none; rm -f large',
    /(File too large|File size limit exceeded)/,
  ),
  shell('/tmp, filled', 'head -c 400M /dev/zero > /tmp/full; rm -f /tmp/full', /No space left on device$/),
  shell('/dev/shm, filled', 'head -c 100M /dev/zero > /dev/shm/full; rm -f /dev/shm/full', /No space left on device$/),
  shell(
    'the directory for pipes, filled',
    'head -c 10M /dev/zero > /run/pipes/full; rm -f /run/pipes/full',
    /No space left on device$/,
  ),
  python(
    'shared memory of System V',
    `
libc.shmget.argtypes = [ctypes.c_int, ctypes.c_size_t, ctypes.c_int]
def segment(size):
    return 'ok' if libc.shmget(0, size, 0o1600) != -1 else errno.errorcode[ctypes.get_errno()]
print(segment(4096), segment(1 << 20), segment(1 << 40))`,
    /^ok EINVAL EINVAL$/,
  ),
  python(
    'semaphores and queues of System V',
    `print(outcome(lambda: None), 'ok' if libc.semget(0, 32000, 0o1600) != -1 else 'no', 'ok' if libc.msgget(0, 0o1600) != -1 else 'no')`,
    /^ok no no$/,
  ),
  shell(
    'core dumps',
    'mkdir -p dump && cd dump && ulimit -c unlimited 2>/dev/null; python3 -c "import os; os.abort()"; ls',
    /^(?!.*\bcore)/s,
  ),
  shell('a higher priority', 'nice -n -5 true', /(Permission denied|Operation not permitted)$/m),
  python(
    'a real-time priority',
    `print(outcome(lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))))`,
    /^EPERM$/,
  ),
  python(
    'locked memory',
    `print('ok' if libc.mlockall(3) == 0 and resource.getrlimit(resource.RLIMIT_MEMLOCK)[0] > 64 << 20 else 'bounded')`,
    /^bounded$/,
  ),
  shell(
    'a process that leaves its command',
    '(setsid sh -c "sleep 600 & sleep 600" >/dev/null 2>&1 &); echo left',
    /^left$/,
  ),
  shell('the supervisor, killed', 'kill -9 $PPID; sleep 5; echo lives', /^(?!.*lives)/s, { ends: true }),
  shell('nonsense for the engine', 'echo nonsense > /proc/$PPID/fd/1', /No such device or address$/),
  shell('everything, killed', 'kill -9 -1; echo lives', /^(?!.*lives)/s, { ends: true }),
]
