/** From what was put down of containers to what is told of their workloads. */
import type { ContainerFacts } from "../containers/model.ts";
import { capabilityNames } from "../fields/capabilities.ts";
import { shownAddress, shownText } from "../fields/shown.ts";
import { type Architecture, syscallByNumber } from "../types/syscalls.ts";
import { type ConnectionEntry, type ContainerRecord, type FileEntry, probesOf } from "./container.ts";
import { mergeWorkloads } from "./merge.ts";
import type {
  Learned,
  LearnedConnection,
  LearnedFile,
  LearnedImage,
  LearnedMount,
  LearnedOf,
  LearnedWorkload,
} from "./model.ts";

export interface LearnedFrom {
  readonly architecture: Architecture;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  readonly hours: number;
  /** What of the state was forgotten over a bound: what was seen may be of another. */
  readonly forgotten: Readonly<Record<string, number>>;
}

export function learnedOf(records: readonly ContainerRecord[], all: LearnedFrom): Learned {
  const own = records
    // What holds a pod's namespaces does nothing.
    .filter(({ facts }) => facts.details?.sandbox !== true)
    .map((record) => workloadOf(record, all));
  return {
    apiVersion: "bulkhead/v1",
    kind: "Learned",
    from: time(all.from),
    to: time(all.to),
    workloads: mergeWorkloads(own, all.hours),
  };
}

/** Of one container: what it was watched for is concluded once all replicas are known. */
function workloadOf(record: ContainerRecord, all: LearnedFrom): LearnedWorkload {
  const { facts, cut } = record;
  const to = record.stop ? record.to : all.to;
  const lost = new Map([...record.lost].map(([reason, count]) => [shownText(reason), count]));
  for (const [what, count] of Object.entries(all.forgotten)) lost.set(`${what} forgotten over their limit`, count);
  const image = imageOf(facts);
  const named = image?.digest ?? image?.id ?? image?.name;
  return {
    of: nameOf(facts),
    images: image === undefined ? [] : [image],
    watched: {
      seconds: seconds(to - record.from),
      containers: [
        {
          id: shownText(facts.fullId),
          ...(named === undefined ? {} : { image: named }),
          from: time(record.from),
          to: time(to),
          start: record.start,
          stop: record.stop,
          ...(record.used.size === 0 ? {} : { syscalls: [...record.used.values()].every(({ whole }) => whole) }),
        },
      ],
      lost: Object.fromEntries(lost),
      hours: all.hours,
      complete: false,
      missing: [],
    },
    ...usedOf(record, all.architecture),
    executables: filesOf(record.executables),
    opened: filesOf(withoutLinks(record.opened)),
    written: filesOf(record.written),
    connections: connectionsOf([...record.connections.values()]),
    listening: [...record.listening.values()].map(({ protocol, port, local, count }) => ({
      protocol,
      port,
      ...(local ? { local } : {}),
      count,
    })),
    users: [...record.users].map((text) => {
      const [uid = 0, gid = 0] = text.split(":").map(Number);
      return { uid, gid };
    }),
    mounts: mountsOf(facts),
    probes: probesOf(facts).map((probe) => ({ command: shownText(probe), executed: record.probed.has(probe) })),
    cut: Object.fromEntries(cut),
  };
}

function nameOf({ id, details }: ContainerFacts): LearnedOf {
  if (details === undefined) return { container: shownText(id) };
  const { pod, name } = details;
  const container = shownText(name === "" ? id : name);
  if (pod === undefined) return { container };
  const owner = pod.owner ?? { kind: "Pod", name: pod.name };
  return { namespace: shownText(pod.namespace), kind: shownText(owner.kind), name: shownText(owner.name), container };
}

function imageOf({ details }: ContainerFacts): LearnedImage | undefined {
  if (details === undefined) return undefined;
  const { image, imageId, imageDigest } = details;
  if (image === "" && imageId === undefined && imageDigest === undefined) return undefined;
  return {
    ...(image === "" ? {} : { name: shownText(image) }),
    ...(imageId === undefined ? {} : { id: shownText(imageId) }),
    ...(imageDigest === undefined ? {} : { digest: shownText(imageDigest) }),
  };
}

function mountsOf({ details }: ContainerFacts): LearnedMount[] {
  return (details?.mounts ?? []).map(({ destination, writable }) => ({ path: shownText(destination), writable }));
}

function usedOf(
  { used }: ContainerRecord,
  architecture: Architecture,
): Pick<LearnedWorkload, "syscalls" | "architecture" | "capabilities"> {
  if (used.size === 0) return {};
  const calls = new Set<string>();
  let [granted, refused] = [0n, 0n];
  for (const one of used.values()) {
    for (const number of one.syscalls) calls.add(syscallByNumber(architecture, number)?.name ?? String(number));
    granted |= one.capabilities;
    refused |= one.refused;
  }
  const names = (set: bigint) => capabilityNames(set).split(" ").filter(Boolean);
  return {
    syscalls: [...calls].sort(),
    architecture,
    capabilities: { used: names(granted), refused: names(refused & ~granted) },
  };
}

/** Of names for one file those with links in them are dropped, where the kernel's own is known. */
function withoutLinks(files: ReadonlyMap<string, FileEntry>): Map<string, FileEntry> {
  const resolved = new Map<string, FileEntry>();
  for (const entry of files.values())
    if (entry.resolved && entry.inode !== undefined) resolved.set(entry.inode, { ...entry });
  const kept = new Map<string, FileEntry>();
  for (const [path, entry] of files) {
    const own = entry.inode === undefined ? undefined : resolved.get(entry.inode);
    if (own === undefined) kept.set(path, entry);
    else if (entry.resolved) kept.set(path, own);
    else own.count += entry.count;
  }
  return kept;
}

function filesOf(files: ReadonlyMap<string, FileEntry>): LearnedFile[] {
  return [...files].map(([path, { count, inode, layer, how }]) => ({
    path: shownText(path),
    ...(inode === undefined ? {} : { inode }),
    count: Math.max(1, count),
    ...(layer === undefined ? {} : { layer }),
    ...(how === undefined ? {} : { how: [...how].sort() }),
  }));
}

/**
 * A connect of a socket of datagrams sends nothing: the C library does it to see which of its addresses would be used. Where
 * the same port was then asked over TCP, that is all it was.
 */
function connectionsOf(entries: readonly ConnectionEntry[]): LearnedConnection[] {
  const ports = new Set(
    entries.flatMap(({ direction, protocol, port }) => (direction === "out" && protocol === "TCP" ? [port] : [])),
  );
  return entries
    .filter(
      ({ direction, protocol, port, sent }) => sent || protocol === "TCP" || direction === "in" || !ports.has(port),
    )
    .map(({ direction, protocol, address, port, count }) => ({
      direction,
      protocol,
      address: shownAddress(address),
      port,
      count,
    }));
}

function time(milliseconds: number): string {
  return new Date(Math.floor(Math.max(0, milliseconds))).toISOString();
}

function seconds(milliseconds: number): number {
  return Math.max(0, Math.round(milliseconds) / 1000);
}
