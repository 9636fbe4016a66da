/** System calls that lead out of containers or into much of the kernel, and what a seccomp profile does with them. */
import type { RatedSeverity } from "../../../core/severity.ts";
import type { SeccompProfile } from "../../../engines/kubernetes/model.ts";

export interface DangerousCall {
  readonly name: string;
  readonly severity: RatedSeverity;
  /** What it is for, as an attacker sees it. */
  readonly allows: string;
}

const MODULES = "load a module into the kernel";
const KEXEC = "load another kernel";
const MOUNTS = "mount and move file systems";
const KEYS = "read keys that the kernel keeps for other containers";
const NAMESPACES = "make namespaces of its own, with all capabilities in them";
const HANDLES = "open any file of a file system by its number";
const MEMORY = "read and change other processes";
const RING = "have the kernel make calls for it that seccomp does not see";
const WORLD = "change the whole node";

/**
 * What the default profiles of container engines keep from containers without capabilities, but `ptrace` and its like,
 * which those allow from Linux 4.8 on.
 */
const calls: readonly DangerousCall[] = [
  ...all("high", MODULES, "init_module finit_module delete_module create_module"),
  ...all("high", KEXEC, "kexec_load kexec_file_load reboot"),
  ...all("high", "load programs into the kernel", "bpf"),
  ...all(
    "high",
    MOUNTS,
    "mount umount umount2 pivot_root move_mount open_tree fsopen fsconfig fsmount fspick mount_setattr",
  ),
  ...all("high", HANDLES, "open_by_handle_at"),
  ...all("high", NAMESPACES, "unshare setns"),
  ...all("high", KEYS, "keyctl add_key request_key"),
  ...all("high", "hold the kernel up in the middle of its work, which exploits need", "userfaultfd"),
  ...all("medium", "watch the kernel, and reach code of it that had vulnerabilities", "perf_event_open"),
  ...all("medium", RING, "io_uring_setup io_uring_enter io_uring_register"),
  ...all(
    "high",
    WORLD,
    "iopl ioperm swapon swapoff settimeofday clock_settime clock_adjtime adjtimex stime acct quotactl nfsservctl",
  ),
  ...all(
    "medium",
    "read the kernel's log, and the names and addresses of its parts",
    "syslog lookup_dcookie get_kernel_syms query_module",
  ),
  ...all("low", MEMORY, "ptrace process_vm_readv process_vm_writev kcmp pidfd_getfd"),
];

/** Whether calls that no rule names go through. `SCMP_ACT_LOG` writes a line and lets them through. */
export function allowsSyscall(action: string): boolean {
  return action === "SCMP_ACT_ALLOW" || action === "SCMP_ACT_LOG";
}

export interface AllowedCall extends DangerousCall {
  /** Only where a condition holds that containerd reads past. */
  readonly conditional: boolean;
}

/**
 * The dangerous calls that a profile lets through whatever their arguments are, worst first. A rule for some arguments
 * lets through, or keeps back, only those calls; it counts for nothing here.
 */
export function dangerousCallsOf({ defaultAction, rules }: SeccompProfile): AllowedCall[] {
  const open = allowsSyscall(defaultAction);
  const ruled = new Map<string, { allowed?: boolean; allowedSometimes?: boolean; denied?: boolean }>();
  for (const { names, action, byArguments, conditional } of rules) {
    if (byArguments) continue;
    for (const name of names) {
      const known = ruled.get(name) ?? {};
      if (!allowsSyscall(action)) known.denied ||= !conditional;
      else if (conditional) known.allowedSometimes = true;
      else known.allowed = true;
      ruled.set(name, known);
    }
  }
  return calls.flatMap((call): AllowedCall[] => {
    const { allowed = false, allowedSometimes = false, denied = false } = ruled.get(call.name) ?? {};
    // Kept back by one rule and let through by another: engines differ or refuse it, so nothing is claimed.
    if (denied) return [];
    if (open || allowed) return [{ ...call, conditional: false }];
    return allowedSometimes ? [{ ...call, conditional: true }] : [];
  });
}

function all(severity: RatedSeverity, allows: string, names: string): DangerousCall[] {
  return names.split(" ").map((name) => ({ name, severity, allows }));
}
