/** Two sides' connections as sets: each difference as one line. */
import {
  type Connections,
  formatPorts,
  formatRange,
  INGRESS_CONTROLLER,
  NO_PORTS,
  type Outside,
  type Peer,
  type Said,
} from "./connections.ts";

const NOTHING: Said = { allowed: NO_PORTS, unknown: NO_PORTS };
const LAST_ADDRESS = 2 ** 32 - 1;

/** `shop/web[Deployment] => 0.0.0.0-255.255.255.255 : expected TCP 80, found none`, sorted. */
export function differences(expected: Connections, found: Connections): string[] {
  const lines: string[] = [];
  const tell = (from: string, to: string, wanted: Said, got: Said) => {
    if (sameSaid(wanted, got)) return;
    const unsure = got.unknown.length === 0 ? "" : `, unknown ${formatPorts(got.unknown)}`;
    lines.push(
      `${from} => ${to} : expected ${formatPorts(wanted.allowed)}, found ${formatPorts(got.allowed)}${unsure}`,
    );
  };
  for (const from of union(expected.within, found.within)) {
    const [wanted, got] = [expected.within.get(from) ?? new Map(), found.within.get(from) ?? new Map()];
    for (const to of union(wanted, got)) {
      if (from !== to) tell(from, to, wanted.get(to) ?? NOTHING, got.get(to) ?? NOTHING);
    }
  }
  for (const peer of union(expected.incoming, found.incoming)) {
    for (const { range, wanted, got } of cut(expected.incoming.get(peer) ?? [], found.incoming.get(peer) ?? [])) {
      tell(range, peer, wanted, got);
    }
  }
  for (const peer of union(expected.outgoing, found.outgoing)) {
    for (const { range, wanted, got } of cut(expected.outgoing.get(peer) ?? [], found.outgoing.get(peer) ?? [])) {
      tell(peer, range, wanted, got);
    }
  }
  return lines.sort();
}

/** Where neither changes is one piece, however each of them is cut. */
function* cut(
  wanted: readonly Outside[],
  got: readonly Outside[],
): Generator<{ readonly range: string; readonly wanted: Said; readonly got: Said }> {
  const edges = new Set([0]);
  for (const { first, last } of [...wanted, ...got]) {
    edges.add(first);
    if (last < LAST_ADDRESS) edges.add(last + 1);
  }
  const starts = [...edges].sort((a, b) => a - b);
  const [ofWanted, ofGot] = [saidAt(wanted), saidAt(got)];
  let open: { first: number; wanted: Said; got: Said } | undefined;
  for (const first of starts) {
    const here = { first, wanted: ofWanted(first), got: ofGot(first) };
    if (open !== undefined) {
      if (sameSaid(open.wanted, here.wanted) && sameSaid(open.got, here.got)) continue;
      yield { range: formatRange({ first: open.first, last: first - 1 }), wanted: open.wanted, got: open.got };
    }
    open = here;
  }
  if (open !== undefined) {
    yield { range: formatRange({ first: open.first, last: LAST_ADDRESS }), wanted: open.wanted, got: open.got };
  }
}

/** @throws Error - where two ranges of one side overlap and say different things */
function saidAt(ranges: readonly Outside[]): (address: number) => Said {
  const sorted = ranges.toSorted((a, b) => a.first - b.first);
  for (const [index, { first }] of sorted.entries()) {
    const before = sorted[index - 1];
    if (before !== undefined && before.last >= first) throw new Error(`${formatRange(before)} overlaps the next range`);
  }
  return (address) => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle] as Outside).first <= address) low = middle + 1;
      else high = middle;
    }
    const range = sorted[low - 1];
    return range !== undefined && address <= range.last ? range : NOTHING;
  };
}

function sameSaid(a: Said, b: Said): boolean {
  return a.allowed.join() === b.allowed.join() && a.unknown.join() === b.unknown.join();
}

function union<T>(a: ReadonlyMap<Peer, T>, b: ReadonlyMap<Peer, T>): Peer[] {
  return [...new Set([...a.keys(), ...b.keys()])].sort(
    (one, other) => rank(one) - rank(other) || (one < other ? -1 : 1),
  );
}

function rank(peer: Peer): number {
  return peer === INGRESS_CONTROLLER ? 1 : 0;
}
