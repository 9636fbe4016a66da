/** Capabilities that lead out of a container, and how (capabilities(7)). */
import type { RatedSeverity } from "../../../core/severity.ts";

export interface Escape {
  readonly severity: RatedSeverity;
  /** What it lets whoever is root in the container do. One sentence without a full stop. */
  readonly allows: string;
}

/** Without `CAP_`. What baseline allows to be added too, where it says something of its own. */
export const escapes: ReadonlyMap<string, Escape> = new Map([
  of(
    "ALL",
    "critical",
    "everything: it loads modules, mounts the node's disks and reads all memory, as a privileged container does",
  ),
  of(
    "SYS_ADMIN",
    "critical",
    "it mounts file systems and enters other namespaces: the node's disks can be mounted, and a cgroup's release_agent or core_pattern runs a program on the node",
  ),
  of("SYS_MODULE", "critical", "it loads a module into the node's kernel, which then does whatever it says"),
  of("SYS_RAWIO", "critical", "it reads and writes the machine's ports and, through /dev/mem, its memory"),
  of(
    "SYS_PTRACE",
    "high",
    "it reads and changes other processes: with the node's process namespace, it puts code into one that runs as root there",
  ),
  of(
    "DAC_READ_SEARCH",
    "high",
    "open_by_handle_at opens any file of the node's file system by its number, past the container's root",
  ),
  of("BPF", "high", "it loads programs into the kernel: they read its memory and, with PERFMON, that of every process"),
  of("PERFMON", "high", "it watches the whole kernel and, with BPF, reads the memory of every process"),
  of(
    "CHECKPOINT_RESTORE",
    "high",
    "it sets process ids and opens the files of other processes through /proc/PID/map_files",
  ),
  of("SYS_BOOT", "high", "it restarts the node, or loads another kernel with kexec_load"),
  of("MAC_ADMIN", "high", "it changes the rules of AppArmor or SELinux that hold the container"),
  of("MAC_OVERRIDE", "high", "it is not held by the rules of Smack"),
  of(
    "NET_ADMIN",
    "high",
    "it changes interfaces, routes and firewall rules: of the node with hostNetwork, else of the pod, past its network policies; and it reaches much code of the kernel that had flaws",
  ),
  of("SYS_TIME", "medium", "it sets the node's clock, by which certificates and logs go"),
  of("SYSLOG", "medium", "it reads the kernel's log and addresses, which make attacks on the kernel easier"),
  of(
    "LINUX_IMMUTABLE",
    "medium",
    "it makes files unchangeable, also for the node's own administrators where they are shared",
  ),
  of(
    "SETFCAP",
    "medium",
    "it gives capabilities to files: a program in a shared volume can carry them to another container or the node",
  ),
  of("MKNOD", "medium", "it makes device files: where the cgroup lets the device through, it reads the node's disk"),
  of("SYS_CHROOT", "low", "it changes the root of its processes, a step of several escapes"),
  of(
    "NET_RAW",
    "medium",
    "it sends packets of any sender: other pods of the same network can be posed as (ARP and DNS spoofing)",
  ),
  of("NET_BROADCAST", "low", "it sends to all hosts of a network"),
  of("SYS_RESOURCE", "medium", "it goes over quotas and limits: the node's resources can be used up"),
  of("SYS_NICE", "low", "it takes processing time from others on the node"),
  of("IPC_LOCK", "low", "it locks memory that the node cannot take back"),
  of("IPC_OWNER", "medium", "it reads and changes shared memory of others, where the IPC namespace is shared"),
  of("SYS_PACCT", "low", "it switches the node's accounting of processes"),
  of("SYS_TTY_CONFIG", "low", "it takes terminals from others"),
  of("LEASE", "low", "it holds up others that open its files"),
  of("AUDIT_CONTROL", "high", "it switches the kernel's audit off"),
  of("AUDIT_READ", "medium", "it reads the kernel's audit of the whole node"),
  of("BLOCK_SUSPEND", "low", "it keeps the node awake"),
  of("WAKE_ALARM", "low", "it wakes the node"),
]);

/** `cap_sys_admin`, which Docker takes too, is SYS_ADMIN; Kubernetes' runtimes do the same. */
export function capabilityName(written: string): string {
  const upper = written.toUpperCase();
  return upper.startsWith("CAP_") ? upper.slice(4) : upper;
}

function of(name: string, severity: RatedSeverity, allows: string): readonly [string, Escape] {
  return [name, { severity, allows }];
}
