/** Files that are opened, made, renamed and linked: for each public rule of them, and beside it. */
import { type Opening, open } from "./acts.ts";
import type { Cast } from "./cast.ts";
import type { Call, Stage, Values } from "./stage.ts";

/** Who opens what: a member of the cast, or below the host's worker or the container's server a program of that name. */
type Opened = readonly [who: string, path: string, flags?: string, opening?: Opening];

const WRITE = "WRONLY";
const MAKE = "WRONLY CREAT";
const EMPTY = "WRONLY TRUNC";

const secrets: readonly Opened[] = [
  ["worker", "../../../../etc/passwd"],
  ["worker", "../../../../etc/nothing", "RDONLY", { result: -2 }],
  ["worker", "../etc/passwd"],
  ["login:cat", "../../../etc/passwd"],
  ["worker", "/srv/../../home/mia/.ssh/../.ssh/id_rsa"],
  ["nginx", "/etc/shadow"],
  ["sshd", "/etc/shadow"],
  ["worker", "/etc/shadow"],
  ["worker", "/etc/shadow", "RDONLY", { call: "open" }],
  ["worker", "/etc/shadow", "RDONLY", { call: "openat2" }],
  ["worker", "/etc/shadow", "RDONLY", { result: -13 }],
  ["worker", "/etc/shadow", WRITE],
  ["worker", "/etc/shadow", "RDWR"],
  ["worker", "/etc/sudoers.d/mia"],
  ["worker", "/etc/sudoers.d"],
  ["worker:sudo", "/etc/sudoers"],
  ["worker:bash", "/etc/shadow"],
  ["apt", "/etc/shadow"],
  ["worker", "/home/mia/.ssh/id_ed25519"],
  ["worker", "/home/mia/.ssh", "RDONLY DIRECTORY"],
  ["worker", "/root/.ssh", "RDONLY DIRECTORY"],
  ["worker:ssh", "/home/mia/.ssh/id_ed25519"],
  ["worker", "/home/mia/ssh/id_ed25519"],
  ["worker", "/root/.ssh/authorized_keys", MAKE],
  ["worker", "/home/mia/.ssh/authorized_keys", "RDWR APPEND"],
  ["worker", "/home/mia/authorized_keys", MAKE],
  ["worker:ssh-add", "/root/.ssh/authorized_keys", MAKE],
  ["api", "/proc/1/environ"],
  ["api", "/proc/self/environ"],
  ["api", "/proc/1/status"],
  ["worker", "/proc/1/environ"],
  ["sshd", "/usr/lib/x86_64-linux-gnu/liblzma.so.5.6.1"],
  ["sshd", "/usr/lib/x86_64-linux-gnu/liblzma.so.5.4.5"],
  ["shim:tar", "/srv/customers.db"],
  ["shim:tar", "/etc/passwd"],
  ["api:tar", "/srv/customers.db"],
];

const system: readonly Opened[] = [
  ["worker", "/var/log/syslog", EMPTY],
  ["worker", "/var/log/syslog", "WRONLY APPEND"],
  ["worker", "/srv/access_log", EMPTY],
  ["worker", "/srv/access", EMPTY],
  ["worker", "/home/mia/.bashrc", WRITE],
  ["worker", "/etc/profile", WRITE],
  ["worker", "/etc/zsh/zshrc", WRITE],
  ["worker:bash", "/home/mia/.bashrc", WRITE],
  ["worker", "/home/mia/.bashrc"],
  ["worker:bash", "/home/mia/.bashrc"],
  ["worker", "/etc/cron.d/x", MAKE],
  ["worker", "/etc/cron.d/x"],
  ["worker", "/etc/passwd", MAKE],
  ["worker:useradd", "/etc/passwd", MAKE],
  ["worker:sed", "/etc/sedXYZ", MAKE],
  ["worker:dpkg", "/etc/x", MAKE],
  ["apt:sh", "/etc/x", MAKE],
  ["worker", "/etc/nginx/conf.d/x", MAKE],
  ["worker", "/etc/nginx/conf.dx", MAKE],
  ["worker", "/etc/motd", MAKE],
  ["worker", "/etc/apt/sources.list.d/x.list", MAKE],
  ["worker", "/etc/apt/x/sources.list", MAKE],
  ["worker", "/etc/apt/x/y.list", MAKE],
  ["apt:tee", "/etc/apt/sources.list.d/x.list", MAKE],
  ["worker", "/usr/bin/x", MAKE],
  ["worker", "/usr/bin/x/y", MAKE],
  ["worker:dpkg", "/usr/bin/x", MAKE],
  ["worker", "/usr/local/bin/x", MAKE],
  ["worker", "/boot/vmlinuz", WRITE],
  ["worker", "/root/x", MAKE],
  ["worker", "/x", MAKE],
  ["worker", "/root/.bash_history", MAKE],
  ["worker", "/root/.ssh/config", MAKE],
  ["worker", "/root/.npm/x", MAKE],
  ["worker", "/var/lib/rpm/x", MAKE],
  ["worker:rpm", "/var/lib/rpm/x", MAKE],
  ["worker", "/dev/x", MAKE],
  ["worker", "/dev/ttyX", MAKE],
  ["worker", "/dev/null", MAKE],
  ["worker", "/dev/x", WRITE],
  ["worker", "/tmp/.x", MAKE],
  ["worker", "/tmp/.x", WRITE],
  ["worker", "/root/.cassandra/.x", MAKE],
  ["worker", "/root/.zsh_history", EMPTY],
  ["worker", "/root/.zsh_history", WRITE],
  ["worker", "/var/lib/docker/x/.zsh_history", EMPTY],
];

const containers: readonly Opened[] = [
  ["privileged", "/sys/fs/cgroup/rdma/release_agent", WRITE],
  ["weakApi", "/sys/fs/cgroup/rdma/release_agent", WRITE],
  ["privileged", "/sys/fs/cgroup/rdma/release_agent"],
  ["worker", "/sys/fs/cgroup/rdma/release_agent", WRITE],
  ["api", "/dev/sda1"],
  ["api", "/dev/mem", "RDWR"],
  ["api", "/dev/memory"],
  ["worker", "/dev/sda1"],
  ["api", "/host/etc/x"],
  ["api", "/hostname"],
  ["privileged:runc", "/host/etc/x"],
  ["api", "/proc/self/exe", WRITE],
  ["api", "/proc/self/fd/3", WRITE],
  ["api", "/proc/self/exe"],
  ["api", "/tmp/x", MAKE, { mode: 0o755 }],
  ["api", "/tmp/x", MAKE, { mode: 0o644 }],
  ["api", "/tmp/x", MAKE, { mode: 0o755, result: -13 }],
  ["worker", "/tmp/x", MAKE, { mode: 0o755 }],
];

type Called = readonly [who: keyof Cast, call: Call, values: Values];

const HERE = -100;
const SET_USER = 2048;
const EXECUTE = 64;

const paths: readonly Called[] = [
  ["worker", "symlink", { res: 0, target: "/etc/shadow", linkpath: "x" }],
  ["worker", "symlinkat", { res: 0, target: "/root/", linkdirfd: HERE, linkpath: "x" }],
  ["worker", "symlink", { res: 0, target: "shadow", linkpath: "/etc/x" }],
  ["worker", "link", { res: 0, oldpath: "/etc/shadow", newpath: "/tmp/x" }],
  ["worker", "linkat", { res: 0, olddir: HERE, oldpath: "/etc/sudoers", newdir: HERE, newpath: "x", flags: 0 }],
  ["worker", "link", { res: 0, oldpath: "/etc/hosts", newpath: "/tmp/x" }],
  ["worker", "rename", { res: 0, oldpath: "/usr/bin/ls", newpath: "/tmp/ls" }],
  ["worker", "renameat", { res: 0, olddirfd: HERE, oldpath: "ls", newdirfd: HERE, newpath: "/usr/bin/ls" }],
  ["worker", "renameat2", { res: -2, olddirfd: HERE, oldpath: "/sbin/x", newdirfd: HERE, newpath: "/tmp/x", flags: 0 }],
  ["worker", "rename", { res: 0, oldpath: "/srv/ls", newpath: "/tmp/ls" }],
  ["worker", "rename", { res: 0, oldpath: "/srv/x", newpath: "/tmp/.x" }],
  ["worker", "rename", { res: 0, oldpath: "/srv/x", newpath: "/etc/apt/sources.list" }],
  ["apt", "rename", { res: 0, oldpath: "/srv/x", newpath: "/etc/apt/sources.list" }],
  ["worker", "unlink", { res: 0, path: "/usr/sbin/x" }],
  ["worker", "unlinkat", { res: 0, dirfd: HERE, name: "/bin/x", flags: 0 }],
  ["worker", "unlink", { res: 0, path: "/srv/x" }],
  ["worker", "unlink", { res: 0, path: "/root/.bash_history" }],
  ["worker", "unlinkat", { res: 0, dirfd: HERE, name: ".zsh_history", flags: 0 }],
  ["worker", "unlinkat", { res: 0, dirfd: HERE, name: "/var/lib/docker/x/.zsh_history", flags: 0 }],
  ["worker", "rename", { res: 0, oldpath: "/root/.bash_history", newpath: "/tmp/x" }],
  ["worker", "rmdir", { res: 0, path: "/usr/bin/x" }],
  ["worker", "mkdir", { res: 0, path: "/usr/bin/x", mode: 0o755 }],
  ["worker", "mkdirat", { res: 0, dirfd: HERE, path: "/bin/x", mode: 0o755 }],
  ["worker", "mkdir", { res: 0, path: "/usr/binx", mode: 0o755 }],
  ["worker", "mkdir", { res: 0, path: "/tmp/.x", mode: 0o755 }],
  ["worker", "mkdir", { res: 0, path: "/tmp/x", mode: 0o755 }],
  ["worker", "creat", { fd: 5, name: "/dev/y", mode: 0o644, dev: 1, ino: 5n, creat_flags: 0 }],
  ["api", "creat", { fd: 5, name: "/tmp/y", mode: 0o755, dev: 1, ino: 5n, creat_flags: 0 }],
  ["worker", "chmod", { res: 0, filename: "/tmp/x", mode: SET_USER | EXECUTE }],
  ["worker", "fchmodat", { res: 0, dirfd: HERE, filename: "/tmp/x", mode: SET_USER }],
  ["worker", "chmod", { res: 0, filename: "/tmp/x", mode: EXECUTE }],
  ["api", "chmod", { res: 0, filename: "/tmp/x", mode: EXECUTE }],
  ["api", "chmod", { res: -1, filename: "/tmp/x", mode: EXECUTE }],
  ["api", "fchmod", { res: 0, fd: 5, mode: 8 }],
  ["api", "fchmod", { res: 0, fd: 5, mode: 256 }],
];

export function touchFiles(stage: Stage, cast: Cast): void {
  const programs = new Map<string, number>();
  const processOf = (who: string): number => {
    const [name = "", program] = who.split(":");
    const member = cast[name as keyof Cast];
    if (program === undefined) return member;
    const tid = programs.get(who) ?? stage.run(member, program);
    programs.set(who, tid);
    return tid;
  };
  for (const [who, path, flags, opening] of [...secrets, ...system, ...containers])
    open(stage, processOf(who), path, flags, opening);
  for (const [who, call, values] of paths) stage.call(cast[who], call, values);
}
