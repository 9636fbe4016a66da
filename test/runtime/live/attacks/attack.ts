/** What an attack in a container is, as `attacks.live.ts` runs it, and the pieces that several of them are made of. */

export interface Attack {
  /** A word, which its container is named by. */
  readonly name: string;
  /**
   * `succeeds`: it does what it is for. `refused`: the kernel or the runtime's set-up refuses it. `seccomp`: the container's
   * profile refuses it before the call begins, so that only the end of the call is seen.
   */
  readonly outcome: "succeeds" | "refused" | "seccomp";
  /** Run by bash as root of the container, not as its first process. It ends with 0 where the outcome was as said. */
  readonly script: string;
  /** What is alike and does no harm. It ends with 0. */
  readonly twin: string;
  /** One of these rules tells it. */
  readonly rules: readonly [string, ...string[]];
  /** Rules that tell other steps of it, and may. */
  readonly also?: readonly string[];
  /** Words of `podman run` for both. */
  readonly options?: readonly string[];
  /** Options of a `podman exec` of `bash -c true` while the script, or the twin, runs. */
  readonly session?: { readonly script: readonly string[]; readonly twin: readonly string[] };
}

/** A Python program on the standard input of Python: its text is in no command line. */
export function python(program: string): string {
  return `python3 - <<'PYTHON'\n${program.trim()}\nPYTHON`;
}

/**
 * `attempt(name, ...)` makes the system call and ends with 0 where it was refused with one of the `refused`, as seccomp profiles
 * do it; numbers by architecture.
 */
export const attempt = `
import ctypes, errno, os, platform, sys
libc = ctypes.CDLL(None, use_errno=True)
column = 0 if platform.machine() == "x86_64" else 1
numbers = {
    "bpf": (321, 280), "init_module": (175, 105), "finit_module": (313, 273), "userfaultfd": (323, 282),
    "kexec_load": (246, 104), "perf_event_open": (298, 241), "open_by_handle_at": (304, 265), "setns": (308, 268),
    "mount": (165, 40), "unshare": (272, 97), "eventfd2": (290, 19), "pidfd_open": (434, 434), "pidfd_getfd": (438, 438),
}
def attempt(name, *arguments):
    result = libc.syscall(numbers[name][column], *arguments)
    code = ctypes.get_errno() if result < 0 else 0
    print(name, result, errno.errorcode.get(code, code))
    return code
def refused(name, *arguments):
    sys.exit(0 if attempt(name, *arguments) in (errno.EPERM, errno.EACCES, errno.ENOSYS) else 1)
`;

/** An address of the internet within the container's own network: RFC 5737 keeps it for documentation. */
export const ADDRESS = "198.51.100.7";
/** What a script with `internet` needs. */
export const ownNetwork = ["--cap-add=NET_ADMIN"] as const;

/** Gives the container that address and, with a port, a server that answers with a text and waits until it does. */
export function internet(port: number, answer = "exit 0"): string {
  return `
ip address add ${ADDRESS}/32 dev lo
${server(ADDRESS, port, answer)}`;
}

/** A server of TCP in the background that answers each connection with a text, ready when this returns. */
export function server(address: string, port: number, answer: string): string {
  return `
mkfifo /run/ready-${port}
cat >/srv/server-${port}.py <<'PYTHON'
import socket
listener = socket.create_server(("${address}", ${port}))
open("/run/ready-${port}", "w").close()
while True:
    connection, _ = listener.accept()
    connection.settimeout(5)
    try:
        if ${port} == 80: connection.recv(4096)
        connection.sendall(${JSON.stringify(port === 80 ? `HTTP/1.0 200 OK\r\n\r\n${answer}\n` : `${answer}\n`)}.encode())
    except OSError:
        pass
    connection.close()
PYTHON
python3 /srv/server-${port}.py &
cat /run/ready-${port} >/dev/null
`;
}
