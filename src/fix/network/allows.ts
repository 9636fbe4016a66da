/** Needs gathered by port and peer, and put together as allows. */
import type { NeedPort } from "../../engines/reachability/needs/model.ts";
import type { Allow, AllowPart } from "./model.ts";
import { subsumes } from "./peers.ts";

/** What one policy allows in one direction: by port the peers. */
export type Gathering = Map<string, { readonly port: NeedPort; readonly peers: Map<string, Gathered> }>;

interface Gathered {
  /** Undefined: everybody. */
  readonly part: Omit<AllowPart, "comments"> | undefined;
  readonly comments: Set<string>;
  isForNodes: boolean;
}

export interface Gathers {
  readonly port: NeedPort;
  /** Undefined: everybody. */
  readonly part: Gathered["part"];
  readonly comments: readonly string[];
  readonly isForNodes: boolean;
}

export function gather(ports: Gathering, { port, part, comments, isForNodes }: Gathers): void {
  const key = `${port.protocol} ${String(port.port).padStart(5, "0")}`;
  const entry = ports.get(key) ?? { port, peers: new Map<string, Gathered>() };
  ports.set(key, entry);
  const peer = entry.peers.get(part?.key ?? "") ?? { part, comments: new Set<string>(), isForNodes: false };
  entry.peers.set(part?.key ?? "", peer);
  if (isForNodes) peer.isForNodes = true;
  for (const comment of comments) peer.comments.add(comment);
}

interface Collected {
  readonly part: Gathered["part"];
  readonly comments: string[];
  readonly ports: AllowPart[];
  isForNodes: boolean;
}

/** Peers with the same ports are one allow: it allows each peer each port, and nothing else. */
export function allowsOf(direction: Allow["direction"], ports: Gathering): Allow[] {
  const byPeer = new Map<string, Collected>();
  for (const [key, { port, peers }] of [...ports].sort(([a], [b]) => compare(a, b))) {
    const written: AllowPart = { key, values: [{ protocol: port.protocol, port: port.port }], comments: [] };
    for (const [peerKey, { part, comments, isForNodes }] of withoutSubsumed(peers)) {
      const known = byPeer.get(peerKey) ?? { part, comments: [], ports: [], isForNodes };
      byPeer.set(peerKey, known);
      known.ports.push(written);
      for (const comment of comments) if (!known.comments.includes(comment)) known.comments.push(comment);
    }
  }
  // Everybody is nobody's equal: a list of peers beside it would narrow it.
  const byPorts = Map.groupBy(byPeer.values(), ({ part, ports: own }) =>
    JSON.stringify([part === undefined, ...own.map(({ key }) => key)]),
  );
  return [...byPorts.values()].map((group) => ({
    direction,
    peers: group
      .flatMap(({ part, comments, isForNodes }) =>
        part === undefined ? [] : [{ ...part, comments, ...(isForNodes ? { isForNodes } : {}) }],
      )
      .sort((a, b) => compare(a.key, b.key)),
    ports: group[0]?.ports ?? [],
    comments: group.flatMap(({ part, comments }) => (part === undefined ? comments : [])),
  }));
}

/** Without peers that another one holds; what is said of them is said of that one. */
function withoutSubsumed(peers: ReadonlyMap<string, Gathered>): readonly (readonly [string, Gathered])[] {
  const kept: (readonly [string, Gathered])[] = [];
  for (const [key, one] of peers) {
    const wider = [...peers].find(([other, { part }]) => other !== key && holdsAll(part, one.part, other < key));
    if (wider === undefined) kept.push([key, one]);
    else for (const comment of one.comments) wider[1].comments.add(comment);
  }
  return kept;
}

/** @param breaksTies - of two that hold each other the first is kept */
function holdsAll(outer: Gathered["part"], inner: Gathered["part"], breaksTies: boolean): boolean {
  if (outer === undefined) return true;
  if (inner === undefined) return false;
  const holds = (one: typeof outer, other: typeof outer) =>
    other.values.every((value) => one.values.some((each) => subsumes(each, value)));
  return holds(outer, inner) && (breaksTies || !holds(inner, outer));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
