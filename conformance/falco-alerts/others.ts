/** Connections and system calls of the kernel's own: for each public rule of them, and beside it. */
import { flag } from "../../src/engines/events/types/flags.ts";
import { accept, connect, listen, open, receive, send } from "./acts.ts";
import type { Cast } from "./cast.ts";
import type { Call, Stage, Values } from "./stage.ts";

const FAR = "203.0.113.9";
const FAR_6 = "2001:db8:0:0:0:0:0:9";
const METADATA = "169.254.169.254";
const IN_PROGRESS = -115;

function connections(stage: Stage, cast: Cast): void {
  const ssh = stage.run(cast.worker, "ssh -p 443 u@203.0.113.9");
  connect(stage, ssh, FAR, 443);
  connect(stage, ssh, FAR, 22);
  connect(stage, ssh, "10.1.2.3", 443);
  connect(stage, ssh, FAR, 443, { result: IN_PROGRESS });
  connect(stage, ssh, FAR, 443, { result: -111 });
  connect(stage, ssh, FAR, 443, { type: "udp" });
  connect(stage, ssh, FAR_6, 8080);
  const shell = stage.run(cast.worker, ["bash", "-c", "x"]);
  connect(stage, shell, FAR, 80);
  connect(stage, shell, "10.1.2.3", 80);
  connect(stage, shell, "127.0.0.1", 80);
  connect(stage, shell, FAR, 4444, { type: "udp" });
  connect(stage, shell, FAR, 53, { type: "udp" });
  for (const who of [cast.api, cast.kubeSystem, cast.worker]) {
    connect(stage, who, METADATA, 80);
    connect(stage, who, "169.254.169.253", 80);
  }
  connect(stage, cast.api, FAR, 30_080);
  connect(stage, cast.api, FAR, 29_999);
  connect(stage, cast.worker, FAR, 30_080);
  connect(stage, cast.api, FAR, 3333);
  connect(stage, cast.python, FAR, 80);
  connect(stage, cast.python, "192.168.0.1", 80);
  send(stage, cast.python, FAR, 9999);
  send(stage, cast.api, METADATA, 80);
  accept(stage, cast.python, FAR, 8000);
  accept(stage, cast.python, "10.0.0.7", 8000);
  accept(stage, cast.python, "127.0.0.1", 8000);
  accept(stage, cast.nginx, FAR_6, 443);
  listen(stage, cast.python, "10.0.0.1", 8001);
  listen(stage, cast.python, "0.0.0.0", 8002);
  receive(stage, cast.java, "\xca\xfe\xba\xbe\0\0\0\x41");
  receive(stage, cast.java, "cafebabe");
  receive(stage, cast.python, "\xca\xfe\xba\xbe\0\0\0\x41");
}

function redirections(stage: Stage, cast: Cast): void {
  for (const who of [cast.api, cast.worker]) {
    connect(stage, who, FAR, 4444, { fd: 20 });
    for (const to of [0, 1, 2, 7]) stage.call(who, "dup2", { res: to, oldfd: 20, newfd: to });
    stage.call(who, "dup3", { res: 1, oldfd: 20, newfd: 1, flags: 0 });
    stage.call(who, "dup", { res: 21, oldfd: 20 });
    open(stage, who, "/tmp/log", "WRONLY", { result: 22 });
    stage.call(who, "dup2", { res: 1, oldfd: 22, newfd: 1 });
  }
}

type Called = readonly [who: keyof Cast, call: Call, values: Values];

const request = (name: string): number => flag("ptrace_requests", name);
const packet = { fd: 30, domain: flag("socket_families", "AF_PACKET"), type: 3, proto: 3, flags: 0 };
const module = { res: 0, img: "ELF", length: 3, uargs: "" };

const calls: readonly Called[] = [
  ["api", "socket", packet],
  ["worker", "socket", packet],
  ["api", "socket", { ...packet, domain: flag("socket_families", "AF_NETLINK") }],
  ["privileged", "init_module", module],
  ["weakApi", "init_module", { ...module, res: -1 }],
  ["worker", "init_module", module],
  ["privileged", "finit_module", { res: 0, fd: 5, uargs: "", flags: 0 }],
  ...["PTRACE_ATTACH", "PTRACE_SEIZE", "PTRACE_POKETEXT", "PTRACE_SETREGS", "PTRACE_TRACEME", "PTRACE_CONT"].map(
    (name): Called => ["worker", "ptrace", { res: 0, request: request(name), pid: 1 }],
  ),
  ["worker", "setns", { res: 0, fd: 5, nstype: 0 }],
  ["api", "setns", { res: 0, fd: 5, nstype: 0 }],
  ["privilegedShim", "setns", { res: 0, fd: 5, nstype: 0 }],
  ["weakApi", "unshare", { res: -1, flags: flag("clone_flags", "CLONE_NEWUSER") }],
  ["privileged", "unshare", { res: 0, flags: flag("clone_flags", "CLONE_NEWNS") }],
  ["worker", "unshare", { res: 0, flags: flag("clone_flags", "CLONE_NEWNS") }],
  ["postgres", "setuid", { res: -1, uid: 0 }],
  ["wwwLogin", "setuid", { res: 0, uid: 33 }],
  ["sshd", "setuid", { res: 0, uid: 1000 }],
  ["weakApi", "setuid", { res: -1, uid: 0 }],
  ["worker", "bpf", { fd: 6, cmd: flag("bpf_commands", "BPF_PROG_LOAD") }],
  ["worker", "bpf", { fd: 6, cmd: flag("bpf_commands", "BPF_MAP_CREATE") }],
  ["systemd", "bpf", { fd: 6, cmd: flag("bpf_commands", "BPF_PROG_LOAD") }],
  ["worker", "userfaultfd", { res: 6, flags: 0 }],
  ["systemd", "userfaultfd", { res: 6, flags: 0 }],
];

/** A server of the host that is minutes old, and one that is new. */
function ages(stage: Stage, cast: Cast): void {
  const cloned = (comm: string): number => {
    const { cgroups = [] } = stage.snapshot(cast.systemd);
    const tid = stage.unborn();
    const values = {
      exe: comm,
      args: [],
      ...{ cwd: "/", fdlimit: 1024, pgft_maj: 0, pgft_min: 0, vm_size: 1, vm_rss: 1, vm_swap: 0 },
      ...{ comm, cgroups, flags: 0, uid: 33, gid: 33, vtid: tid, vpid: tid, pidns_init_start_ts: 0n },
    };
    stage.call(cast.systemd, "clone", { ...values, res: tid, tid: cast.systemd, pid: cast.systemd, ptid: 0 });
    stage.call(tid, "clone", { ...values, res: 0, tid, pid: tid, ptid: cast.systemd });
    return tid;
  };
  const old = cloned("nginx");
  open(stage, old, "/etc/shadow");
  stage.pass(60);
  open(stage, old, "/etc/shadow");
}

export function doTheRest(stage: Stage, cast: Cast): void {
  connections(stage, cast);
  redirections(stage, cast);
  for (const [who, call, values] of calls) stage.call(cast[who], call, values);
  ages(stage, cast);
}
