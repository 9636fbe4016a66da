/** Ways out of a container: what the runtime's default seccomp profile and capabilities refuse, and what they do not. */
import { type Attack, attempt, python } from "./attack.ts";

/** The call ends before it begins: only its end is seen. */
const bySeccomp: readonly Attack[] = [
  {
    name: "bpf",
    outcome: "seccomp",
    script: python(`${attempt}
refused("bpf", 5, ctypes.create_string_buffer(128), 128)`),
    twin: python(`${attempt}
attempt("bpf", 11, ctypes.create_string_buffer(128), 128)`),
    rules: ["BPF Program Loaded From Container"],
  },
  {
    name: "module",
    outcome: "seccomp",
    script: python(`${attempt}
refused("init_module", b"\\x7fELF", 4, b"")`),
    twin: "cat /proc/filesystems >/dev/null",
    rules: ["Kernel Module Loaded From Container"],
  },
  {
    name: "module-by-descriptor",
    outcome: "seccomp",
    script: python(`${attempt}
refused("finit_module", os.open("/bin/true", os.O_RDONLY), b"", 0)`),
    twin: "ls /sys/module >/dev/null",
    rules: ["Kernel Module Loaded From Container"],
  },
  {
    name: "userfaultfd",
    outcome: "seccomp",
    script: python(`${attempt}
refused("userfaultfd", 0)`),
    twin: python(`${attempt}
sys.exit(attempt("eventfd2", 0, 0))`),
    rules: ["Userfaultfd Used in Container"],
  },
  {
    name: "kexec",
    outcome: "seccomp",
    script: python(`${attempt}
refused("kexec_load", 0, 0, None, 0)`),
    twin: "cat /proc/cmdline >/dev/null",
    rules: ["Kernel Replaced by Kexec"],
  },
  {
    name: "performance-events",
    outcome: "seccomp",
    script: python(`${attempt}
refused("perf_event_open", ctypes.create_string_buffer(128), 0, -1, -1, 0)`),
    twin: "cat /proc/sys/kernel/perf_event_paranoid >/dev/null",
    rules: ["Performance Events Opened in Container"],
  },
  {
    name: "handle",
    outcome: "seccomp",
    script: python(`${attempt}
handle = (8).to_bytes(4, "little") + (1).to_bytes(4, "little") + (2).to_bytes(8, "little")
refused("open_by_handle_at", os.open("/", os.O_RDONLY), handle, 0)`),
    twin: "stat / >/dev/null",
    rules: ["File Opened by Handle"],
  },
  {
    name: "namespace",
    outcome: "seccomp",
    script: python(`${attempt}
refused("setns", os.open("/proc/1/ns/mnt", os.O_RDONLY), 0x20000)`),
    twin: "readlink /proc/1/ns/mnt >/dev/null",
    rules: ["Namespace of Another Process Entered"],
  },
  {
    name: "mount",
    outcome: "seccomp",
    script: "mkdir -p /srv/host && ! mount -t ext4 /dev/sda1 /srv/host 2>/dev/null",
    twin: "mkdir -p /srv/host && findmnt / >/dev/null && cat /proc/self/mounts >/dev/null",
    rules: ["Filesystem Mounted in Container"],
  },
  {
    name: "cgroup-mount",
    outcome: "seccomp",
    // By the call that names the type: of fsopen, which mount(8) tries first, no event has it.
    script: python(`${attempt}
os.mkdir("/srv/cgroup")
refused("mount", b"cgroup", b"/srv/cgroup", b"cgroup", 0, b"rdma")`),
    twin: "mkdir -p /srv/cgroup && cat /proc/self/cgroup >/dev/null",
    rules: ["Cgroup Filesystem Mounted"],
  },
];

const byTheKernel: readonly Attack[] = [
  {
    name: "packet-socket",
    outcome: "refused",
    script: python(`
import socket
try: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0x300)
except PermissionError: raise SystemExit(0)
raise SystemExit(1)`),
    twin: python("import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)"),
    rules: ["Raw Socket Opened in Container"],
  },
  {
    name: "device",
    outcome: "refused",
    script: "! mknod /srv/disk b 8 0 2>/dev/null",
    twin: "mknod /srv/pipe p",
    options: ["--cap-drop=MKNOD"],
    rules: ["Device Node Created"],
  },
  {
    name: "core-pattern",
    outcome: "refused",
    script: "! bash -c 'echo x >/proc/sys/kernel/core_pattern' 2>/dev/null",
    twin: "cat /proc/sys/kernel/core_pattern >/dev/null",
    rules: ["Kernel Helper Program Set"],
  },
  {
    name: "running-program",
    outcome: "refused",
    script: python(`
import os
try: os.open("/proc/self/exe", os.O_WRONLY)
except OSError: raise SystemExit(0)
raise SystemExit(1)`),
    twin: python(`import os; os.open("/proc/self/exe", os.O_RDONLY)`),
    rules: ["Running Runtime Program Opened for Writing"],
  },
  {
    name: "kernel-trigger",
    outcome: "refused",
    script: "! bash -c 'exec 7>/proc/sysrq-trigger' 2>/dev/null",
    twin: "cat /proc/sys/kernel/ostype >/dev/null",
    rules: ["Kernel Memory Opened"],
  },
];

/** A container that the policy should not have let in. Nothing is written that the kernel would act on. */
const privileged = ["--cap-add=SYS_ADMIN", "--security-opt=seccomp=unconfined"] as const;
const ofPrivileged: readonly Attack[] = [
  {
    name: "release-agent",
    outcome: "succeeds",
    options: privileged,
    script: `mkdir -p /srv/cgroup && mount -t cgroup -o cpuset cgroup /srv/cgroup && ${python(`
import os
os.open("/srv/cgroup/release_agent", os.O_WRONLY)`)}`,
    twin: "cat /sys/fs/cgroup/cpuset/notify_on_release >/dev/null 2>&1; true",
    rules: ["Cgroup Release Agent Written"],
    also: ["Cgroup Filesystem Mounted", "Filesystem Mounted in Container"],
  },
  {
    name: "namespace-entered",
    outcome: "succeeds",
    options: privileged,
    script: "unshare --uts sleep 20 & sleep 0.5; nsenter --target $! --uts true",
    twin: "unshare --uts sleep 1 & readlink /proc/$!/ns/uts >/dev/null",
    rules: ["Namespace of Another Process Entered"],
  },
  {
    name: "root-of-another",
    outcome: "succeeds",
    script: "cat /proc/1/root/etc/hostname >/dev/null",
    twin: "cat /proc/self/root/etc/hostname >/dev/null; cat /etc/hostname >/dev/null",
    rules: ["Root of Another Process Entered"],
  },
  {
    name: "userfaultfd-allowed",
    outcome: "succeeds",
    options: privileged,
    script: python(`${attempt}
sys.exit(attempt("userfaultfd", 1))`),
    twin: python(`${attempt}
sys.exit(attempt("eventfd2", 0, 0))`),
    rules: ["Userfaultfd Used in Container"],
  },
  {
    // No system call opens the file: the kernel does, for the ring (sensor/bench/uring-open.c).
    name: "hashes-by-ring",
    outcome: "succeeds",
    options: ["--security-opt=seccomp=unconfined"],
    script: "/opt/attack/uring-open /etc/shadow",
    twin: "/opt/attack/uring-open /etc/passwd",
    rules: ["Password Hashes Read"],
  },
];

export const escapeAttacks: readonly Attack[] = [...bySeccomp, ...byTheKernel, ...ofPrivileged];
