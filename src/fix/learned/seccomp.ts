/** Seccomp profiles of what a workload was seen to call: all else is refused. */
import type { LearnedWorkload } from "../../engines/events/learn/model.ts";
import { syscalls as known } from "../../engines/events/types/syscalls.ts";
import type { Plain } from "../../formats/yaml/write.ts";

/** `linux.seccomp` of the OCI runtime specification (config-linux.md), as runc, Docker, Podman and containerd read it from a file. */
export interface SeccompProfile {
  readonly defaultAction: "SCMP_ACT_ERRNO";
  readonly defaultErrnoRet: number;
  readonly architectures: readonly string[];
  readonly syscalls: readonly SeccompRule[];
}

export interface SeccompRule {
  readonly names: readonly string[];
  readonly action: "SCMP_ACT_ALLOW" | "SCMP_ACT_ERRNO";
  readonly errnoRet?: number;
}

const EPERM = 1;
const ENOSYS = 38;

/** The machine's own, and those whose programs it runs as well: a call has the same name there. */
const architectures = {
  x86_64: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
  arm64: ["SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"],
} as const;

/**
 * What runc and crun call themselves once the filter is on: without `no_new_privs` they load it before they give up
 * privileges, and from then on have to close descriptors, become the user, look the program up and execute it. runc's threads
 * are Go's.
 */
const ofRuntime: readonly string[] = [
  ...[
    "brk",
    "capget",
    "capset",
    "chdir",
    "clone",
    "clone3",
    "close",
    "close_range",
    "dup3",
    "epoll_create1",
    "epoll_ctl",
  ],
  ...[
    "epoll_pwait",
    "eventfd2",
    "execve",
    "exit",
    "exit_group",
    "faccessat",
    "faccessat2",
    "fchdir",
    "fchown",
    "fcntl",
  ],
  ...["fstat", "fstatfs", "futex", "getcwd", "getdents64", "getegid", "geteuid", "getgid", "getpid", "getppid"],
  ...["getrandom", "gettid", "getuid", "ioctl", "lseek", "madvise", "mmap", "mprotect", "munmap", "nanosleep"],
  ...[
    "newfstatat",
    "openat",
    "openat2",
    "pipe2",
    "prctl",
    "pread64",
    "prlimit64",
    "read",
    "readlinkat",
    "rt_sigaction",
  ],
  ...["rt_sigprocmask", "rt_sigreturn", "sched_getaffinity", "sched_yield", "set_robust_list", "set_tid_address"],
  ...["setgid", "setgroups", "setresgid", "setresuid", "setsid", "setuid", "sigaltstack", "statx", "tgkill", "umask"],
  ...["unlinkat", "write"],
];

/** From this number on all architectures share one, and C libraries try a call and take an older one where there is none. */
const FIRST_COMMON = 424;
const alsoTried: ReadonlySet<string> = new Set(["statx", "rseq", "getrandom", "copy_file_range", "memfd_create"]);

/**
 * @returns undefined where system calls were not learned
 */
export function seccompProfile({ syscalls, architecture }: LearnedWorkload): SeccompProfile | undefined {
  if (syscalls === undefined || architecture === undefined) return undefined;
  const allowed = allowedSyscalls(syscalls);
  const newer = known
    .filter(({ name, x86_64 = 0 }) => x86_64 >= FIRST_COMMON || alsoTried.has(name))
    .map(({ name }) => name)
    .filter((name) => !allowed.includes(name))
    .sort();
  return {
    defaultAction: "SCMP_ACT_ERRNO",
    defaultErrnoRet: EPERM,
    architectures: architectures[architecture],
    syscalls: [
      { names: allowed, action: "SCMP_ACT_ALLOW" },
      // "There is no such call" is what a library that has another way waits for.
      ...(newer.length === 0 ? [] : [{ names: newer, action: "SCMP_ACT_ERRNO", errnoRet: ENOSYS } as const]),
    ],
  };
}

/** With those of the runtime; numbers without a name are left out. */
export function allowedSyscalls(learned: readonly string[]): string[] {
  return [...new Set([...learned.filter((name) => !/^\d/.test(name)), ...ofRuntime])].sort();
}

/** Of the Security Profiles Operator, as its recorder makes them: `localhostProfile: operator/NAME.json`. */
export function operatorProfile(workload: LearnedWorkload, name: string): Plain | undefined {
  const profile = seccompProfile(workload);
  if (profile === undefined) return undefined;
  const { defaultAction } = profile;
  const syscalls = profile.syscalls.map(({ names, action, errnoRet }) => ({
    names,
    action,
    ...(errnoRet === undefined ? {} : { errnoRet }),
  }));
  return {
    apiVersion: "security-profiles-operator.x-k8s.io/v1",
    kind: "SeccompProfile",
    metadata: { name },
    spec: { defaultAction, architectures: profile.architectures, syscalls },
  };
}
