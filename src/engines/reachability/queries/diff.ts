/** What a change of manifests opens and closes. */
import { describeObject, type KubernetesObject, rawOf } from "../../kubernetes/model.ts";
import { type AddressRange, overlap } from "../addresses.ts";
import { type Endpoint, intervalsOf, type Network, type PortSet } from "../model.ts";
import { otherOf } from "./connections.ts";

/** Ports by what they were and are. What was and is the same is in none. */
export interface ConnectionChange {
  /** Denied before. */
  readonly opened: PortSet;
  readonly mayBeOpened: PortSet;
  /** Allowed before. */
  readonly closed: PortSet;
  readonly mayBeClosed: PortSet;
  /** Unknown before, now allowed or denied. */
  readonly nowAllowed: PortSet;
  readonly nowDenied: PortSet;
}

export type ChangeKind = keyof ConnectionChange;

export const changeKinds = [
  "opened",
  "mayBeOpened",
  "nowAllowed",
  "closed",
  "mayBeClosed",
  "nowDenied",
] as const satisfies readonly ChangeKind[];

/** An endpoint in both networks, or in one. */
export interface JointEndpoint {
  readonly before?: number;
  readonly after?: number;
}

/** Between each of `from` and each of `to`: indices of {@link NetworkChange.endpoints}, sorted. */
export interface ChangeBlock {
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly kind: ChangeKind;
  readonly ports: PortSet;
  /** A pair that stands for all. */
  readonly example: readonly [from: number, to: number];
}

export interface ObjectChange {
  readonly what: "added" | "removed" | "changed";
  /** As it is now; of a removed one as it was. */
  readonly object: KubernetesObject;
}

export interface NetworkChange {
  readonly endpoints: readonly JointEndpoint[];
  readonly blocks: readonly ChangeBlock[];
  /** Indices of endpoints. */
  readonly added: readonly number[];
  readonly removed: readonly number[];
  /** Policies and namespaces, and workloads whose pods' labels or ports differ. */
  readonly objects: readonly ObjectChange[];
}

/** Sets of ports are those of `after`. Connections of added and removed workloads are told as opened and closed. */
export function changeOf(before: Network, after: Network): NetworkChange {
  const endpoints = jointEndpoints(before, after);
  const sets = after.portSets;
  const converted = new Map<PortSet, PortSet>();
  const convert = (set: PortSet): PortSet => {
    const known = converted.get(set) ?? sets.of(intervalsOf(set));
    converted.set(set, known);
    return known;
  };
  const classes = [
    ...Map.groupBy(endpoints.keys(), (index) => {
      const { before: old, after: now } = endpoints[index] as JointEndpoint;
      return `${old === undefined ? "" : before.classOf[old]} ${now === undefined ? "" : after.classOf[now]}`;
    }).values(),
  ];
  const nothing = { allowed: sets.none, unknown: sets.none };

  function connectionIn(network: Network, side: "before" | "after", from: readonly number[], to: readonly number[]) {
    const pair = from === to ? sameClass(network, side, from) : firstOf(side, from, to);
    return pair === undefined ? nothing : network.connection(...pair);
  }

  function firstOf(side: "before" | "after", from: readonly number[], to: readonly number[]) {
    const source = endpoints[from[0] as number]?.[side];
    const target = endpoints[to[0] as number]?.[side];
    return source === undefined || target === undefined ? undefined : ([source, target] as const);
  }

  function sameClass(network: Network, side: "before" | "after", group: readonly number[]) {
    const members = group.slice(0, 2).flatMap((index) => endpoints[index]?.[side] ?? []);
    const [first] = members;
    const other = first === undefined ? undefined : otherOf(network, members);
    return first === undefined || other === undefined ? undefined : ([first, other] as const);
  }

  const cells = new Map<
    string,
    { kind: ChangeKind; ports: PortSet; from: number; to: number[]; example: [number, number] }
  >();
  const remembered = new Map<string, ConnectionChange>();
  for (const [source, from] of classes.entries()) {
    for (const to of classes) {
      const old = connectionIn(before, "before", from, to);
      const now = connectionIn(after, "after", from, to);
      const key = `${old.allowed.id} ${old.unknown.id} ${now.allowed.id} ${now.unknown.id} ${old === nothing} ${now === nothing}`;
      let change = remembered.get(key);
      if (change === undefined) {
        const was = old === nothing ? nothing : { allowed: convert(old.allowed), unknown: convert(old.unknown) };
        change = changeBetween(after, was, now);
        remembered.set(key, change);
      }
      for (const kind of changeKinds) {
        const ports = change[kind];
        if (ports === sets.none) continue;
        const cell = `${source} ${kind} ${ports.id} ${old === nothing} ${now === nothing}`;
        const known = cells.get(cell);
        const other = from === to && from.length > 1 ? (from[1] as number) : (to[0] as number);
        if (known === undefined) {
          cells.set(cell, { kind, ports, from: source, to: [...to], example: [from[0] as number, other] });
        } else known.to.push(...to);
      }
    }
  }
  const blocks = Map.groupBy(
    cells.values(),
    ({ from, kind, ports, to }) => `${kind} ${ports.id} ${sidesOf(from)} ${to.join()}`,
  );
  function sidesOf(source: number): string {
    const joint = endpoints[classes[source]?.[0] as number];
    return `${joint?.before === undefined} ${joint?.after === undefined}`;
  }
  const of = (has: (endpoint: JointEndpoint) => boolean) =>
    [...endpoints.keys()].filter((index) => {
      const joint = endpoints[index] as JointEndpoint;
      return has(joint) && endpointOf(before, after, joint).kind === "pods";
    });
  return {
    endpoints,
    blocks: [...blocks.values()].map((alike) => {
      const [{ kind, ports, to, example }] = alike as [(typeof alike)[number]];
      const from = alike.flatMap((one) => classes[one.from] ?? []);
      return { kind, ports, example, from: from.sort((a, b) => a - b), to: to.sort((a, b) => a - b) };
    }),
    added: of(({ before: old }) => old === undefined),
    removed: of(({ after: now }) => now === undefined),
    objects: changedObjects(before, after),
  };
}

export function endpointOf(before: Network, after: Network, { before: old, after: now }: JointEndpoint): Endpoint {
  return (now === undefined ? before.endpoints[old as number] : after.endpoints[now]) as Endpoint;
}

interface Sets {
  readonly allowed: PortSet;
  readonly unknown: PortSet;
}

function changeBetween({ portSets }: Network, was: Sets, is: Sets): ConnectionChange {
  const { subtract, intersect, union } = portSets;
  const wasPossible = union(was.allowed, was.unknown);
  const isPossible = union(is.allowed, is.unknown);
  return {
    opened: subtract(is.allowed, wasPossible),
    mayBeOpened: subtract(is.unknown, wasPossible),
    nowAllowed: intersect(is.allowed, was.unknown),
    closed: subtract(was.allowed, isPossible),
    mayBeClosed: intersect(was.allowed, is.unknown),
    nowDenied: subtract(was.unknown, isPossible),
  };
}

/** By name; addresses by what both cut them into. */
function jointEndpoints(before: Network, after: Network): JointEndpoint[] {
  const joint: JointEndpoint[] = [];
  const old = new Map<string, number>();
  for (const [index, endpoint] of before.endpoints.entries()) {
    if (endpoint.kind !== "addresses") old.set(`${endpoint.kind} ${endpoint.name}`, index);
  }
  for (const [index, endpoint] of after.endpoints.entries()) {
    if (endpoint.kind === "addresses") continue;
    const key = `${endpoint.kind} ${endpoint.name}`;
    const was = old.get(key);
    old.delete(key);
    joint.push(was === undefined ? { after: index } : { before: was, after: index });
  }
  for (const index of old.values()) joint.push({ before: index });
  return [...joint, ...jointAddresses(before, after)];
}

/** Each part of the addresses that neither network tells apart: where one's boundaries are finer, it stands for the part. */
function jointAddresses(before: Network, after: Network): JointEndpoint[] {
  const pairs = new Map<string, JointEndpoint>();
  const ranges = (network: Network) =>
    network.endpoints
      .flatMap((endpoint, index) =>
        endpoint.kind === "addresses" ? endpoint.ranges.map((range) => ({ range, index })) : [],
      )
      .sort((a, b) => a.range.family - b.range.family || (a.range.first < b.range.first ? -1 : 1));
  const [old, now] = [ranges(before), ranges(after)];
  let [a, b] = [0, 0];
  while (a < old.length && b < now.length) {
    const [left, right] = [old[a], now[b]] as [(typeof old)[number], (typeof now)[number]];
    const same = left.range.family === right.range.family;
    if (same && left.range.first <= right.range.last && right.range.first <= left.range.last) {
      pairs.set(`${left.index} ${right.index}`, { before: left.index, after: right.index });
    }
    const leftFirst = same ? left.range.last < right.range.last : left.range.family < right.range.family;
    if (leftFirst) a++;
    else b++;
  }
  return [...pairs.values()];
}

/** The addresses of a joint endpoint: those that both of its sides have. */
export function jointRanges(
  before: Network,
  after: Network,
  { before: old, after: now }: JointEndpoint,
): AddressRange[] {
  const was = old === undefined ? undefined : before.endpoints[old];
  const is = now === undefined ? undefined : after.endpoints[now];
  if (was?.kind !== "addresses" || is?.kind !== "addresses") return [];
  return was.ranges.flatMap((left) =>
    is.ranges.flatMap((right): AddressRange[] => {
      if (!overlap(left, right)) return [];
      const { first } = right.first < left.first ? left : right;
      const { last } = left.last < right.last ? left : right;
      return [{ family: left.family, first, last }];
    }),
  );
}

function changedObjects(before: Network, after: Network): ObjectChange[] {
  const old = relevant(before);
  const now = relevant(after);
  const changes: ObjectChange[] = [];
  for (const [name, { object, content }] of now) {
    const was = old.get(name);
    if (was === undefined) changes.push({ what: "added", object });
    else if (was.content() !== content()) changes.push({ what: "changed", object });
  }
  for (const [name, { object }] of old) if (!now.has(name)) changes.push({ what: "removed", object });
  return changes;
}

interface Relevant {
  readonly object: KubernetesObject;
  /** What of it decides, as text. */
  readonly content: () => string;
}

function relevant(network: Network): Map<string, Relevant> {
  const found = new Map<string, Relevant>();
  const add = (object: KubernetesObject, content: () => string) =>
    found.set(`${object.group} ${describeObject(object)}`, { object, content });
  for (const object of new Set(network.rules.map((rule) => rule.object))) {
    add(object, () => JSON.stringify(sorted(rawOf(object).spec)));
  }
  for (const { object } of network.manifests.namespaces) add(object, () => JSON.stringify(sorted(object.labels)));
  for (const endpoint of network.endpoints) {
    if (endpoint.kind !== "pods") continue;
    const { labels, namedPorts, host, workload } = endpoint;
    add(workload.object, () => JSON.stringify([sorted(labels), sorted(Object.fromEntries(namedPorts)), host]));
  }
  return found;
}

/** Keys in one order, so that what was only moved is equal. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
