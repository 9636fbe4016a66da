/** What processes on the stage do, in few words. */
import { flag } from "../../src/engines/events/types/flags.ts";
import type { Stage } from "./stage.ts";

const openFlags = (names: string): number =>
  names.split(" ").reduce((set, name) => set | flag("file_flags", `O_${name}`), 0);

const NOTHING = { dev: 0x801, ino: 77n };
const HERE = -100;

export interface Opening {
  readonly mode?: number;
  readonly result?: number;
  readonly call?: "open" | "openat" | "openat2";
}

/** @param flags - `RDONLY`, `WRONLY CREAT`… */
export function open(stage: Stage, tid: number, name: string, flags = "RDONLY", opening: Opening = {}): void {
  const { mode = 0, result = 5, call = "openat" } = opening;
  const common = { fd: result, name, flags: openFlags(flags), mode, ...NOTHING };
  if (call === "open") stage.call(tid, "open", common);
  else if (call === "openat") stage.call(tid, "openat", { ...common, dirfd: HERE });
  else stage.call(tid, "openat2", { ...common, dirfd: HERE, resolve: 0 });
}

/** Bytes of an address: of version 4 with points, of version 6 all eight groups. */
function address(text: string): string {
  if (text.includes(".")) return String.fromCharCode(...text.split(".").map(Number));
  const groups = text.split(":").map((group) => Number.parseInt(group, 16));
  return String.fromCharCode(...groups.flatMap((group) => [group >> 8, group & 0xff]));
}

const families = { 4: flag("socket_families", "AF_INET"), 6: flag("socket_families", "AF_INET6") };

interface Connection {
  readonly type?: "tcp" | "udp";
  readonly result?: number;
  readonly fd?: number;
}

function socket(stage: Stage, tid: number, ip: string, { type = "tcp", fd = 9 }: Connection): void {
  const domain = families[ip.includes(".") ? 4 : 6];
  stage.call(tid, "socket", {
    fd,
    domain,
    type: type === "tcp" ? 1 : 2,
    proto: type === "tcp" ? 6 : 17,
    flags: 0,
  });
}

const OWN = { ipv4: "10.0.0.1", ipv6: "2001:db8:0:0:0:0:0:1" };
const OWN_PORT = 40_000;

/** The two ends as events tell them. */
function ends(ip: string, port: number) {
  const kind = ip.includes(".") ? ("ipv4" as const) : ("ipv6" as const);
  const own = { address: address(OWN[kind]), port: OWN_PORT };
  return { kind, own, other: { address: address(ip), port } };
}

export function connect(stage: Stage, tid: number, ip: string, port: number, connection: Connection = {}): void {
  const { fd = 9, result = 0 } = connection;
  socket(stage, tid, ip, connection);
  const { kind, own, other } = ends(ip, port);
  stage.call(tid, "connect", {
    res: result,
    tuple: {
      kind,
      source: own.address,
      sourcePort: own.port,
      destination: other.address,
      destinationPort: other.port,
    },
    fd,
    addr: { kind, ...other },
  });
}

/** @param from - of who connects; at `port` the process listens */
export function accept(stage: Stage, tid: number, from: string, port: number): void {
  const { kind, own, other } = ends(from, 50_000);
  const tuple = {
    kind,
    source: other.address,
    sourcePort: other.port,
    destination: own.address,
    destinationPort: port,
  };
  stage.call(tid, "accept4", { fd: 12, tuple, queuepct: 0, queuelen: 0, queuemax: 5, flags: 0 });
}

export function listen(stage: Stage, tid: number, ip: string, port: number): void {
  socket(stage, tid, ip, { fd: 11 });
  stage.call(tid, "bind", { res: 0, addr: { kind: "ipv4", address: address(ip), port }, fd: 11 });
  stage.call(tid, "listen", { res: 0, fd: 11, backlog: 5 });
}

/** A datagram by a socket that is not connected. */
export function send(stage: Stage, tid: number, ip: string, port: number): void {
  socket(stage, tid, ip, { type: "udp", fd: 14 });
  const { kind, own, other } = ends(ip, port);
  const tuple = {
    kind,
    source: own.address,
    sourcePort: own.port,
    destination: other.address,
    destinationPort: port,
  };
  stage.call(tid, "sendto", { res: 4, data: "ping", fd: 14, size: 4, tuple });
}

export function receive(stage: Stage, tid: number, data: string, ip = "203.0.113.9", port = 8_000): void {
  connect(stage, tid, ip, port, { fd: 15 });
  const { kind, own, other } = ends(ip, port);
  const tuple = {
    kind,
    source: other.address,
    sourcePort: other.port,
    destination: own.address,
    destinationPort: own.port,
  };
  stage.call(tid, "recvfrom", { res: data.length, data, fd: 15, size: 4096, tuple });
}
