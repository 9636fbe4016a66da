/** A capture by chance: many processes that do what rules ask for, or nearly, in every mixture. The same at each run. */
import type { Buffer } from "node:buffer";
import { flag } from "../../src/engines/events/types/flags.ts";
import { accept, connect, listen, open, receive, send } from "./acts.ts";
import { all, none, Stage } from "./stage.ts";
import type { Vocabulary } from "./vocabulary.ts";

const PROCESSES = 300;
const ACTS = 12_000;
const CONTAINERS = 12;
const USERS = ["root", "www-data", "nobody", "mia", "postgres"];
const HERE = -100;

/** @param below - a number from 0 */
type Random = (below: number) => number;

/** Numbers from a seed (xorshift). */
function numbersFrom(seed: number): Random {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** @param known - parameters of each type of event, by code, that the reader beside us knows */
export function chanceCapture(known: readonly number[], words: Vocabulary, seed: number): Buffer {
  const scene = new Scene(new Stage(known), words, numbersFrom(seed));
  for (let act = 0; act < ACTS; act++) scene.act();
  return scene.stage.bytes();
}

class Scene {
  readonly stage: Stage;
  private readonly words: Vocabulary;
  private readonly random: Random;
  private readonly processes: number[] = [];

  constructor(stage: Stage, words: Vocabulary, random: Random) {
    this.stage = stage;
    this.words = words;
    this.random = random;
    for (const [id, name] of USERS.entries()) stage.user(id, name);
    for (let index = 0; index < CONTAINERS; index++) {
      const inPod = this.one([true, false]);
      stage.container(`c${index}`, {
        image: this.near(this.pick(words.images)),
        privileged: this.one([true, false, false]),
        mounts: this.one([[], ["/etc"], ["/proc/sys"], ["/var/run/docker.sock", "/srv"], ["/"]]),
        labels: inPod
          ? { "io.kubernetes.pod.namespace": this.one(["kube-system", "shop"]), "io.kubernetes.pod.name": "p" }
          : {},
      });
    }
    this.processes.push(stage.process("systemd", 0));
    for (let index = 1; index < PROCESSES; index++) this.processes.push(this.newProcess());
  }

  private one<Item>(list: readonly Item[]): Item {
    return list[this.random(list.length)] as Item;
  }

  private pick(list: readonly string[]): string {
    return this.one(list);
  }

  private often(times: number): boolean {
    return this.random(times) !== 0;
  }

  /** The text itself most of the time, else one with more or less at its ends. */
  private near(text: string): string {
    if (this.often(4)) return text;
    return this.one([text.slice(1), text.slice(0, -1), `${text}x`, `x${text}`, text.toUpperCase()]);
  }

  private program(): string {
    return this.near(this.pick(this.words.programs)).slice(0, 15);
  }

  private newProcess(): number {
    const { random } = this;
    const parent = this.processes[random(this.processes.length)] as number;
    const container = this.often(2) ? { container: `c${random(CONTAINERS)}` } : {};
    return this.stage.process(this.program(), parent, {
      ...container,
      ...this.identity(),
      args: [this.near(this.pick(this.words.arguments))],
    });
  }

  private identity() {
    const { random } = this;
    return {
      uid: random(USERS.length),
      gid: random(USERS.length),
      loginUid: this.one([0, 1, 3, 0xffff_ffff]),
      tty: this.one([0, 0, 34_816]),
      capabilities: this.one([all, none, { permitted: BigInt(random(1 << 30)), effective: 0n, inheritable: 0n }]),
      cwd: this.one(["/", "/srv/", "/root/", "/etc/", "/dev/shm/", "/usr/bin/"]),
      environment: [this.near(this.pick(this.words.environment)), "A=1"],
    };
  }

  private path(): string {
    const path = this.near(this.pick(this.words.paths));
    if (this.often(4)) return path;
    return this.one([
      path.slice(1),
      `..${path}`,
      `../../..${path}`,
      `/tmp/../${path}`,
      `${path}/x`,
      `/tmp${path}`,
      path.replaceAll("/", "//"),
      path.replace(/[^/]*$/, "./$&"),
    ]);
  }

  act(): void {
    const tid = this.one(this.processes);
    const kind = this.random(100);
    if (kind < 30) this.execute(tid);
    else if (kind < 60) this.opens(tid);
    else if (kind < 75) this.connects(tid);
    else if (kind < 92) this.namesPaths(tid);
    else this.others(tid);
    if (!this.often(20)) this.stage.pass(this.random(10));
  }

  private execute(parent: number): void {
    const name = this.program();
    const words = this.pick(this.words.arguments);
    const args = this.one([[], words.split(" "), [words], ["-c", words], [this.near(words), this.path()]]);
    const path = this.one(["/usr/bin/", "/tmp/", "/dev/shm/", "./"]);
    const tid = this.stage.run(parent, [this.one([name, `${path}${name}`]), ...args], {
      ...(this.often(2) && this.identity()),
      comm: name,
      ...(this.often(6) || !this.stage.isContained(parent) ? {} : { vpid: 1, vtid: 1 }),
      ...(this.often(4) ? {} : { upperLayer: true }),
      ...(this.often(8) ? {} : { fromMemfd: true }),
      ...(this.often(8) ? {} : { result: -13 }),
      ...(this.often(4) ? {} : { vpgid: parent }),
    });
    // The newest take the place of others: who acts was there for a while, or has just begun.
    if (this.often(3)) this.processes[1 + this.random(PROCESSES - 1)] = tid;
  }

  private opens(tid: number): void {
    const flags = this.one(["RDONLY", "RDONLY", "WRONLY", "RDWR", "WRONLY CREAT", "WRONLY TRUNC", "RDONLY DIRECTORY"]);
    open(this.stage, tid, this.path(), flags, {
      mode: this.one([0, 0o644, 0o755]),
      result: this.one([3, 4, 5, 5, 5, -2, -13]),
      call: this.one(["open", "openat", "openat2"] as const),
    });
  }

  private connects(tid: number): void {
    const { stage } = this;
    const ip = this.one([
      "203.0.113.9",
      "10.1.2.3",
      "172.17.0.2",
      "127.0.0.1",
      "169.254.169.254",
      "0.0.0.0",
      "2001:db8:0:0:0:0:0:9",
    ]);
    const port = this.one([...this.words.ports, 443, 22, 30_080, 32_768]);
    const type = this.one(["tcp", "tcp", "udp"] as const);
    switch (this.random(6)) {
      case 0:
        accept(stage, tid, ip, port);
        return;
      case 1:
        if (ip.includes(".")) listen(stage, tid, ip, port);
        return;
      case 2:
        send(stage, tid, ip, port);
        return;
      case 3:
        receive(stage, tid, this.one(["\xca\xfe\xba\xbe\0", "hello", ""]), ip, port);
        return;
      default:
        connect(stage, tid, ip, port, { type, result: this.one([0, 0, -115, -111]), fd: this.one([3, 4, 5, 9]) });
    }
  }

  private namesPaths(tid: number): void {
    const { stage } = this;
    const res = this.one([0, 0, 0, -2]);
    const [path, other] = [this.path(), this.path()];
    const mode = this.one([0o644, 0o755, 0o4755, 0o2000, 0]);
    switch (this.random(12)) {
      case 0:
        stage.call(tid, "rename", { res, oldpath: path, newpath: other });
        return;
      case 1:
        stage.call(tid, "renameat", { res, olddirfd: HERE, oldpath: path, newdirfd: 3, newpath: other });
        return;
      case 2:
        stage.call(tid, "unlink", { res, path });
        return;
      case 3:
        stage.call(tid, "unlinkat", { res, dirfd: this.one([HERE, 3]), name: path, flags: 0 });
        return;
      case 4:
        stage.call(tid, "mkdir", { res, path, mode });
        return;
      case 5:
        stage.call(tid, "mkdirat", { res, dirfd: this.one([HERE, 3]), path, mode });
        return;
      case 6:
        stage.call(tid, "symlink", { res, target: path, linkpath: other });
        return;
      case 7:
        stage.call(tid, "linkat", { res, olddir: HERE, oldpath: path, newdir: HERE, newpath: other, flags: 0 });
        return;
      case 8:
        stage.call(tid, "chmod", { res, filename: path, mode });
        return;
      case 9:
        stage.call(tid, "fchmodat", { res, dirfd: HERE, filename: path, mode });
        return;
      case 10:
        stage.call(tid, "chdir", { res, path: this.one(["/", "/srv", "/etc", "..", "x"]) });
        return;
      default:
        stage.call(tid, "rmdir", { res, path });
        return;
    }
  }

  private others(tid: number): void {
    const { stage } = this;
    const res = this.one([0, 0, -1]);
    switch (this.random(8)) {
      case 0:
        stage.call(tid, "setuid", { res, uid: this.random(USERS.length) });
        return;
      case 1:
        stage.call(tid, "close", { res: 0, fd: this.one([3, 4, 5, 9]) });
        return;
      case 2: {
        const to = this.one([0, 1, 2, 6]);
        stage.call(tid, "dup2", { res: to, oldfd: this.one([3, 4, 5, 9]), newfd: to });
        return;
      }
      case 3:
        stage.call(tid, "setns", { res, fd: 3, nstype: 0 });
        return;
      case 4:
        stage.call(tid, "unshare", { res, flags: flag("clone_flags", "CLONE_NEWUSER") });
        return;
      case 5:
        stage.call(tid, "bpf", { fd: this.one([3, -1]), cmd: this.random(7) });
        return;
      case 6:
        stage.call(tid, "userfaultfd", { res: this.one([7, -1]), flags: 0 });
        return;
      default:
        stage.call(tid, "init_module", { res, img: "x", length: 1, uargs: "" });
        return;
    }
  }
}
