/** Attacks by programs: where they come from, what they pose as, what they do to others. */
import { type Attack, attempt, python } from "./attack.ts";

const TRACED = `
import ctypes, os, signal, sys
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
TRACEME, DETACH, ATTACH = 0, 17, 16
`;

export const programAttacks: readonly Attack[] = [
  {
    name: "not-of-image",
    outcome: "succeeds",
    script: "cp /bin/ls /srv/again && /srv/again >/dev/null",
    twin: "cp /bin/ls /srv/again && /bin/ls /srv/again >/dev/null",
    rules: ["Program Outside of Image Started"],
  },
  {
    name: "script-not-of-image",
    outcome: "succeeds",
    script: "mkdir -p /dev/shm/x && cp /bin/ls /dev/shm/x/again && /dev/shm/x/again >/dev/null",
    twin: "mkdir -p /dev/shm/x && cp /bin/ls /dev/shm/x/again && cat /dev/shm/x/again >/dev/null",
    rules: ["Program Started From Temporary Directory in Container"],
    options: ["--tmpfs=/dev/shm:exec"],
  },
  {
    name: "memory",
    outcome: "succeeds",
    script: python(`
import os
fd = os.memfd_create("again")
os.sendfile(fd, os.open("/bin/true", os.O_RDONLY), 0, 1 << 24)
os.execve(fd, ["again"], {})`),
    twin: python(`
import os
fd = os.memfd_create("buffer")
os.sendfile(fd, os.open("/bin/true", os.O_RDONLY), 0, 1 << 24)
os.execv("/bin/true", ["true"])`),
    rules: ["Program Started From Memory"],
    also: ["Program Outside of Image Started"],
  },
  {
    name: "own-file",
    outcome: "succeeds",
    script: "cp /bin/rm /srv/again && /srv/again /srv/again && [ ! -e /srv/again ]",
    twin: "cp /bin/rm /srv/again && rm /srv/again",
    rules: ["Program Removed Its Own File"],
    also: ["Program Outside of Image Started"],
  },
  {
    name: "kernel-thread",
    outcome: "succeeds",
    script: "bash -c 'exec -a [kworker/0:1] true'",
    twin: "bash -c 'exec -a worker/0:1 true'",
    rules: ["Program Posed as Kernel Thread"],
  },
  {
    name: "kernel-thread-later",
    outcome: "succeeds",
    script:
      "printf '[kworker/1:2]' >/srv/name; " +
      python(`
import ctypes
assert ctypes.CDLL(None).prctl(15, open("/srv/name", "rb").read(), 0, 0, 0) == 0`),
    twin: python(`
import ctypes
assert ctypes.CDLL(None).prctl(15, b"worker/1:2", 0, 0, 0) == 0`),
    rules: ["Program Posed as Kernel Thread"],
  },
  {
    name: "hidden",
    outcome: "succeeds",
    script: "mkdir -p /var/tmp/.x && cp /bin/ls /var/tmp/.x/again && /var/tmp/.x/again >/dev/null",
    twin: "mkdir -p /var/tmp/.x && cp /bin/ls /var/tmp/.x/again && ls /var/tmp/.x >/dev/null",
    rules: ["Hidden Program Started", "Program Outside of Image Started"],
  },
  {
    name: "loader",
    outcome: "succeeds",
    script: "$(ls /lib64/ld-linux-*.so.* /lib/ld-linux-*.so.* 2>/dev/null | head -1) /bin/true",
    twin: "$(ls /lib64/ld-linux-*.so.* /lib/ld-linux-*.so.* 2>/dev/null | head -1) --list /bin/true >/dev/null",
    rules: ["Program Started Through Dynamic Loader"],
  },
  {
    name: "preloaded",
    outcome: "succeeds",
    script: "cp /lib/*-linux-gnu/libm.so.6 /tmp/again.so && LD_PRELOAD=/tmp/again.so /bin/true",
    twin: "LD_PRELOAD=libm.so.6 /bin/true",
    rules: ["Library Preloaded From Temporary Directory"],
  },
  {
    name: "miner",
    outcome: "succeeds",
    script: `/bin/true --url=stratum+tcp://pool.example:3333 --user=x`,
    twin: `grep -c stratum+tcp /etc/services; /bin/true --url=tcp://pool.example:3333`,
    rules: ["Miner Started"],
  },
  {
    name: "encoded",
    outcome: "succeeds",
    script: `python3 -c "import base64; exec(base64.b64decode('cGFzcw=='))"`,
    twin: `python3 -c "import base64; print(base64.b64decode('cGFzcw=='))"`,
    rules: ["Encoded Code in Command Line"],
  },
  {
    name: "decoded",
    outcome: "succeeds",
    script: "echo dHJ1ZQo= | base64 -d | sh",
    twin: "echo dHJ1ZQo= | base64 -d >/srv/script; sh /srv/script",
    rules: ["Decoded Script Run", "Script Decoded Into Shell"],
  },
  {
    name: "no-history",
    outcome: "succeeds",
    script: "HISTFILE=/dev/null bash -c true",
    twin: "HISTFILE=/root/.history bash -c true",
    rules: ["Shell Started Without History"],
  },
  {
    name: "traced",
    outcome: "succeeds",
    script: python(`${TRACED}
child = os.fork()
if child == 0: signal.pause()
assert libc.ptrace(ATTACH, child, None, None) == 0
os.waitpid(child, 0)
assert libc.ptrace(DETACH, child, None, None) == 0
os.kill(child, signal.SIGKILL)`),
    twin: python(`${TRACED}
child = os.fork()
if child == 0:
    assert libc.ptrace(TRACEME, 0, None, None) == 0
    os._exit(0)
os.waitpid(child, 0)`),
    rules: ["Memory of Another Process Changed"],
  },
  {
    name: "memory-read",
    outcome: "succeeds",
    script: python(`
import ctypes, os, signal
libc = ctypes.CDLL(None, use_errno=True)
class Piece(ctypes.Structure): _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]
secret = ctypes.create_string_buffer(b"secret", 16)
child = os.fork()
if child == 0: signal.pause()
found = ctypes.create_string_buffer(16)
there, here = Piece(ctypes.addressof(secret), 16), Piece(ctypes.addressof(found), 16)
count = libc.process_vm_readv(child, ctypes.byref(here), 1, ctypes.byref(there), 1, 0)
os.kill(child, signal.SIGKILL)
assert count == 16 and found.value == b"secret"`),
    twin: python(`
import os
child = os.fork()
if child == 0: os._exit(0)
open(f"/proc/{child}/status").read()
os.waitpid(child, 0)`),
    rules: ["Memory of Another Process Read"],
  },
  {
    name: "descriptor-taken",
    outcome: "succeeds",
    script: python(`${attempt}
import signal
here = os.open("/etc/hostname", os.O_RDONLY)
child = os.fork()
if child == 0: signal.pause()
pidfd = os.pidfd_open(child)
code = attempt("pidfd_getfd", pidfd, here, 0)
os.kill(child, signal.SIGKILL)
sys.exit(code)`),
    twin: python(`
import os
child = os.fork()
if child == 0: os._exit(0)
os.close(os.pidfd_open(child))
os.waitpid(child, 0)`),
    rules: ["Descriptor Taken From Another Process"],
  },
  {
    name: "user-namespace",
    outcome: "succeeds",
    script: "unshare --user true",
    twin: python("import os; os.unshare(os.CLONE_FS | os.CLONE_FILES)"),
    rules: ["User Namespace Created in Container"],
  },
  {
    name: "discovery",
    outcome: "succeeds",
    script: "for c in id uname hostname whoami 'ps ax' df env 'ip address'; do $c >/dev/null; done",
    twin: "id >/dev/null; hostname >/dev/null; uname >/dev/null",
    rules: ["Burst of Discovery Commands"],
  },
  {
    name: "package",
    outcome: "refused",
    script: "! apt-get install --yes netcat-again 2>/dev/null",
    twin: "apt-get check >/dev/null; dpkg -l >/dev/null",
    rules: ["Package Installed in Running Container"],
  },
  {
    name: "terminal",
    outcome: "succeeds",
    script: "sleep 60",
    twin: "sleep 60",
    session: { script: ["--tty"], twin: [] },
    rules: ["Terminal Session Opened in Container"],
  },
];
