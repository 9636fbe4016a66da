/**
 * The fixed mix that rules are measured on: of 100 events 30 opens, 10 connects, 5 execs and 55 others, by 10,000 processes
 * over 50,000 paths. Opens and sockets are closed again, as busy hosts do. The same at each run.
 */
import type { ContainerFacts } from "../../src/engines/events/containers/model.ts";
import { SyscallEvent } from "../../src/engines/events/event.ts";
import type { ThreadSnapshot } from "../../src/engines/events/sink.ts";
import { codes } from "../../src/engines/events/types/codes.ts";
import { fillEvent, type ParameterValue } from "../../src/engines/events/types/encode.ts";

const PROCESSES = 10_000;
const PATHS = 50_000;
const CONTAINERS = 200;
/** Of its 10,000 processes each is of one of these: name, file, arguments. */
const programs: readonly (readonly [comm: string, file: string, ...args: string[]])[] = [
  ["nginx", "/usr/sbin/nginx", "-g", "daemon off;"],
  ["node", "/usr/local/bin/node", "--enable-source-maps", "server.js"],
  ["python3", "/usr/bin/python3.12", "-m", "gunicorn", "shop.wsgi"],
  ["java", "/opt/java/bin/java", "-Xmx2g", "-jar", "/srv/orders.jar"],
  ["postgres", "/usr/lib/postgresql/16/bin/postgres", "-D", "/var/lib/postgresql/data"],
  ["redis-server", "/usr/local/bin/redis-server", "*:6379"],
  ["sh", "/usr/bin/dash", "-c", "while true; do sleep 60; done"],
  ["php-fpm", "/usr/sbin/php-fpm8.2", "-F"],
];

const commands: readonly (readonly [file: string, ...args: string[]])[] = [
  ["/usr/bin/ls", "-la", "/srv"],
  ["/usr/bin/cat", "/srv/version.txt"],
  ["/usr/bin/grep", "-q", "ready", "/tmp/state"],
  ["/usr/bin/sed", "-e", "s/a/b/", "/srv/config"],
  ["/usr/bin/date", "+%s"],
  ["/usr/bin/env", "LANG=C", "true"],
  ["/usr/bin/id", "-u"],
  ["/usr/bin/sleep", "1"],
  ["/usr/bin/git", "rev-parse", "HEAD"],
  ["/usr/bin/make", "-j2", "all"],
  ["/usr/lib/gcc/x86_64-linux-gnu/14/cc1", "-quiet", "main.c"],
  ["/usr/bin/dash", "-c", "exit 0"],
];

const folders = [
  "/usr/lib/x86_64-linux-gnu/",
  "/usr/share/zoneinfo/Europe/",
  "/etc/ssl/certs/",
  "/var/lib/postgresql/data/base/16384/",
  "/var/log/shop/",
  "/srv/data/items/",
  "/srv/node_modules/express/lib/",
  "/tmp/cache/",
  "/proc/self/task/",
  "/sys/fs/cgroup/memory/",
];

/** Numbers from a seed: the same ones at each run (mulberry32). */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below) | 0;
  };
}

function containerId(index: number): string {
  return (index + 1).toString(16).padStart(12, "c").padEnd(64, "0");
}

/** The first process of each container, and of each of 20 services, is below 1; the others are below those. */
const FIRST = CONTAINERS + 20;

function parentOf(pid: number): number {
  return pid < FIRST + 2 ? 1 : 2 + (pid % FIRST);
}

/** The first process of the host, one above each container, and the rest below those: a tree three deep. */
export function mixThreads(): ThreadSnapshot[] {
  const host = { uid: 0, gid: 0, cwd: "/", root: "/", sid: 1, tty: 0, capabilities: everything, started: 1n };
  const threads: ThreadSnapshot[] = [
    {
      ...host,
      tid: 1,
      pid: 1,
      parent: 0,
      comm: "systemd",
      exe: "/sbin/init",
      exePath: "/usr/lib/systemd/systemd",
      args: [],
    },
  ];
  for (let pid = 2; pid <= PROCESSES; pid++) {
    const [comm = "", file = "", ...args] = programs[pid % programs.length] ?? [];
    const container = pid % FIRST;
    const inContainer = container < CONTAINERS;
    threads.push({
      ...host,
      tid: pid,
      pid,
      parent: parentOf(pid),
      ...(inContainer ? { vtid: pid >> 3, vpid: pid >> 3, uid: 1000 + (pid % 7) } : {}),
      comm,
      exe: file,
      exePath: file,
      args,
      environment: ["PATH=/usr/bin", "LANG=C"],
      cwd: "/srv/",
      exeInode: BigInt(pid),
      cgroups: [`memory=${inContainer ? `/docker/${containerId(container)}` : "/system.slice/app.service"}`],
    });
  }
  return threads;
}

const everything = { permitted: 0x1ff_ffff_ffffn, effective: 0x1ff_ffff_ffffn, inheritable: 0n };

export function mixContainers(): ContainerFacts[] {
  return Array.from({ length: CONTAINERS }, (_, index) => ({
    id: containerId(index).slice(0, 12),
    fullId: containerId(index),
    runtime: "docker",
    details: {
      name: `shop_api_${index}`,
      image: `registry.example.com/shop/api:${index}`,
      privileged: false,
      mounts: [],
      labels: { app: "shop" },
    },
  }));
}

function pathOf(index: number): string {
  const folder = folders[index % folders.length] ?? "/";
  return `${folder}${index % 3 === 0 ? "lib" : "item"}-${index}.${index % 2 === 0 ? "so.6" : "json"}`;
}

/** One round of 100 events, each block by a process of its own. */
const blocks = [
  ...Array.from({ length: 30 }, () => "open" as const),
  ...Array.from({ length: 10 }, () => "connect" as const),
  ...Array.from({ length: 5 }, () => "exec" as const),
  ...Array.from({ length: 5 }, () => "read" as const),
];

/**
 * @param count - rounded up to whole rounds of 100
 * @param then - gets each event; the next one overwrites it
 */
export function mixEvents(count: number, then: (event: SyscallEvent) => void): void {
  const random = numbersFrom(1);
  const event = new SyscallEvent();
  let time = 0;
  const emit = (tid: number, code: number, values: Readonly<Record<string, ParameterValue>>) => {
    fillEvent(event, code, values);
    event.number++;
    event.tid = tid;
    time += 1_000;
    event.seconds = 1_700_000_000 + Math.floor(time / 1e9);
    event.nanoseconds = time % 1e9;
    then(event);
  };
  while (event.number < count) {
    // Blocks in an order that no branch predictor learns.
    const order = blocks.map((block) => ({ block, place: random(1 << 30) })).toSorted((a, b) => a.place - b.place);
    for (const { block } of order) {
      const callers = block === "exec" ? starting : block === "connect" ? serving : all;
      one[block](emit, callers[random(callers.length)] ?? 1, random);
    }
  }
}

/**
 * What is below a shell starts programs and connects to nothing, and only few others start any: so that something is found, and
 * as seldom as on quiet hosts.
 */
function isBelowShell(pid: number): boolean {
  return programs[parentOf(pid) % programs.length]?.[0] === "sh";
}

const all = Array.from({ length: PROCESSES - FIRST - 1 }, (_, index) => FIRST + 2 + index);
const starting = all.filter((pid) => isBelowShell(pid) || pid % 2_000 === 7);
const serving = all.filter((pid) => !isBelowShell(pid) && programs[pid % programs.length]?.[0] !== "sh");

type Emit = (tid: number, code: number, values: Readonly<Record<string, ParameterValue>>) => void;

const READ_ONLY = 0x1001;
const WRITE = 0x1006;

const one: Readonly<
  Record<(typeof blocks)[number], (emit: Emit, tid: number, random: (below: number) => number) => void>
> = {
  open(emit, tid, random) {
    const name = pathOf(random(PATHS));
    const writes = random(20) === 0 && name.startsWith("/tmp");
    const flags = writes ? WRITE : READ_ONLY;
    emit(tid, codes.openat, {
      fd: 7,
      dirfd: -100,
      name,
      flags,
      mode: writes ? 0o644 : 0,
      dev: 0x800001,
      ino: random(1 << 30),
    });
    emit(tid, codes.close, { res: 0, fd: 7 });
  },
  connect(emit, tid, random) {
    const destination = String.fromCharCode(10, random(4), random(256), random(256));
    const destinationPort = [443, 5432, 6379, 8080][random(4)] ?? 80;
    const addr = { kind: "ipv4", address: destination, port: destinationPort } as const;
    const source = { source: "\x0a\x00\x00\x09", sourcePort: 32_768 + random(28_000) };
    emit(tid, codes.socket, { fd: 8, domain: 2, type: 1, proto: 6, flags: 0 });
    emit(tid, codes.connect, { res: 0, tuple: { kind: "ipv4", ...source, destination, destinationPort }, fd: 8, addr });
    emit(tid, codes.close, { res: 0, fd: 8 });
  },
  exec(emit, tid, random) {
    const [file = "", ...args] = commands[random(commands.length)] ?? [];
    const comm = file.slice(file.lastIndexOf("/") + 1);
    const ids = { tid, pid: tid, ptid: parentOf(tid), vpgid: tid, pgid: tid };
    const container = tid % FIRST;
    const cgroup = container < CONTAINERS ? `/docker/${containerId(container)}` : "/system.slice/app.service";
    emit(tid, codes.execve, {
      res: 0,
      exe: file,
      args: args.map((arg) => `${arg}\0`).join(""),
      ...ids,
      cwd: "/srv/",
      fdlimit: 1024,
      pgft_maj: 0,
      pgft_min: 100,
      vm_size: 1000,
      vm_rss: 500,
      vm_swap: 0,
      comm,
      cgroups: `memory=${cgroup}\0`,
      env: "PATH=/usr/bin\0LANG=C\0",
      tty: 0,
      loginuid: 4_294_967_295,
      flags: 0,
      cap_inheritable: 0,
      cap_permitted: 0,
      cap_effective: 0,
      exe_ino: 77,
      exe_ino_ctime: 1_600_000_000_000_000_000n,
      exe_ino_mtime: 1_600_000_000_000_000_000n,
      uid: 1000,
      trusted_exepath: file,
      gid: 1000,
      filename: file,
    });
  },
  read(emit, tid, random) {
    const data = `${random(1 << 30)} bytes of a file`;
    emit(tid, codes.read, { res: data.length, data, fd: 0, size: 4096 });
  },
};
