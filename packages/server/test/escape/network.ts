import { type Attempt, python, shell } from './attempt.js'

const families = {
  AF_PACKET: 17,
  AF_VSOCK: 40,
  AF_ALG: 38,
  AF_BLUETOOTH: 31,
  AF_KEY: 15,
  AF_TIPC: 30,
  AF_XDP: 44,
  AF_CAN: 29,
}

const familyAttempts = Object.entries(families).map(([name, family]) =>
  python(
    `a socket of ${name}`,
    `print(outcome(lambda: socket.socket(${family}, socket.SOCK_DGRAM, 0)))`,
    /^EAFNOSUPPORT$/,
  ),
)

const connect = (host: string, port: number | string): string => `
def reach():
    with socket.socket() as s:
        s.settimeout(60)
        s.connect(('${host}', ${port}))
print(outcome(reach))`

/** What a network could reach. */
export const networkAttempts: readonly Attempt[] = [
  shell('interfaces', 'grep -c : /proc/net/dev', /^1$/),
  shell('routes', 'tail -n +2 /proc/net/route | wc -l', /^0$/),
  python('the server', ({ serverPort }) => connect('127.0.0.1', serverPort), /^ECONNREFUSED$/),
  python('an address of the internet', connect('1.1.1.1', 443), /^ENETUNREACH$/),
  python("the cloud's metadata", connect('169.254.169.254', 80), /^ENETUNREACH$/),
  python(
    'a name',
    `
try:
    print(socket.getaddrinfo('example.com', 443))
except OSError as error:
    print(type(error).__name__)`,
    /^gaierror$/,
  ),
  python(
    'an abstract socket of the machine',
    ({ socketName }) => `
def reach():
    with socket.socket(socket.AF_UNIX) as s:
        s.connect('\\0${socketName}')
print(outcome(reach))`,
    /^ECONNREFUSED$/,
  ),
  python('raw packets', `print(outcome(lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)))`, /^EPERM$/),
  python(
    'an interface of its own',
    `
def add():
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as s:
        s.settimeout(60)
        # RTM_NEWLINK with NLM_F_REQUEST, NLM_F_ACK, NLM_F_CREATE and no attributes.
        s.send(struct.pack('=IHHII', 32, 16, 0x405, 1, 0) + struct.pack('=BxHiII', 0, 0, 0, 0, 0))
        error = struct.unpack_from('=i', s.recv(4096), 16)[0]
        if error != 0: raise OSError(-error, 'netlink')
print(outcome(add))`,
    /^EPERM$/,
  ),
  ...familyAttempts,
]
