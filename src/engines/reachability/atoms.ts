/** Cuts all addresses at the boundaries of every rule's CIDRs, and puts together again what no rule tells apart. */
import { type AddressRange, everyAddress, formatRange, overlap, parseCidr, subtract, union } from "./addresses.ts";
import { bounds } from "./bounds.ts";
import type { AddressEndpoint } from "./endpoint-model.ts";
import { type MetadataService, metadataServices } from "./metadata-services.ts";
import type { ClusterSettings } from "./settings.ts";

/** RFC 1918, RFC 6598, link-local addresses, and RFC 4193: what no router of the internet leads to. */
export const privateRanges: readonly AddressRange[] = union(
  ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "fc00::/7", "fe80::/10"].map(
    cidr,
  ),
);

/** Where a pod's address is taken from, where nobody says: link-local ones are nobody's. */
export const podRanges: readonly AddressRange[] = union(
  ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"].map(cidr),
);

function cidr(text: string): AddressRange {
  return parseCidr(text) as AddressRange;
}

export interface Atoms {
  readonly endpoints: readonly AddressEndpoint[];
  /** Indices into `endpoints` of those that lie in the ranges, sorted: `ranges` is one of those that the atoms were made for. */
  within(ranges: readonly AddressRange[]): readonly number[];
}

export class TooManyBoundaries extends Error {}

interface Atom {
  readonly range: AddressRange;
  readonly scope: AddressEndpoint["scope"];
  readonly metadata: MetadataService | undefined;
}

/** @param wanted - the ranges of each rule's peer; equal lists are one */
export function cutAddresses(wanted: readonly (readonly AddressRange[])[], settings: ClusterSettings): Atoms {
  const services = metadataServices.map((service) => ({ service, range: cidr(service.address) }));
  // Pods and nodes are ends of their own, and to a Service's address no packet comes: it was translated before.
  const inside = [...settings.podCidrs, ...settings.nodeCidrs, ...settings.serviceCidrs];
  const metadata = services.map(({ range }) => range);
  const outside = subtract(everyAddress, subtract(inside, metadata));
  const cuts = [...privateRanges, ...metadata, ...wanted.flat()];
  if (cuts.length > bounds.addressBoundaries) throw new TooManyBoundaries();
  const atoms: Atom[] = [];
  for (const family of [4, 6] as const) {
    const edges = new Set<bigint>();
    for (const range of cuts) {
      if (range.family !== family) continue;
      edges.add(range.first);
      edges.add(range.last + 1n);
    }
    const sorted = [...edges].sort((a, b) => (a < b ? -1 : 1));
    let next = 0;
    for (const range of outside) {
      if (range.family !== family) continue;
      let first = range.first;
      while (next < sorted.length && (sorted[next] as bigint) <= first) next++;
      for (; next < sorted.length && (sorted[next] as bigint) <= range.last; next++) {
        const edge = sorted[next] as bigint;
        atoms.push(describe({ family, first, last: edge - 1n }));
        first = edge;
      }
      atoms.push(describe({ family, first, last: range.last }));
    }
  }

  function describe(range: AddressRange): Atom {
    const found = services.find(
      (one) => one.range.family === range.family && one.range.first === range.first && range.last === range.first,
    );
    const scope =
      found !== undefined ? "metadata" : privateRanges.some((one) => overlap(one, range)) ? "private" : "internet";
    return { range, scope, metadata: found?.service };
  }

  return grouped(atoms, wanted);
}

/** Atoms of one scope and family that lie in the same lists of ranges are one endpoint; a metadata service is its own. */
function grouped(atoms: readonly Atom[], wanted: readonly (readonly AddressRange[])[]): Atoms {
  const lists = new Map<string, readonly AddressRange[]>();
  for (const ranges of wanted) lists.set(keyOf(ranges), ranges);
  const members = new Map<string, readonly number[]>();
  const group = atoms.map(({ scope, range, metadata }) => `${scope} ${range.family} ${metadata?.address ?? ""}`);
  const groupOf = numbered(group);
  const next = { id: atoms.length };
  for (const [key, ranges] of lists) {
    const found = union(ranges).flatMap((range) => run(atoms, range));
    members.set(key, found);
    split(groupOf, found, next);
  }
  const groups = new Map<number, Atom[]>();
  for (const [index, atom] of atoms.entries()) {
    const id = groupOf[index] as number;
    const listed = groups.get(id);
    if (listed === undefined) groups.set(id, [atom]);
    else listed.push(atom);
  }
  const order = new Map([...groups.keys()].map((id, index) => [id, index]));
  const within = new Map<readonly AddressRange[], readonly number[]>();
  return {
    endpoints: [...groups.values()].map(endpointOf),
    within(ranges) {
      let found = within.get(ranges);
      if (found === undefined) {
        const listed = members.get(keyOf(ranges)) ?? [];
        found = [...new Set(listed.map((index) => order.get(groupOf[index] as number) as number))].sort(
          (a, b) => a - b,
        );
        within.set(ranges, found);
      }
      return found;
    },
  };
}

export function keyOf(ranges: readonly AddressRange[]): string {
  return ranges.map(({ family, first, last }) => `${family} ${first.toString(36)} ${last.toString(36)}`).join(",");
}

function endpointOf(atoms: readonly Atom[]): AddressEndpoint {
  const { scope, metadata } = atoms[0] as Atom;
  const ranges = union(atoms.map(({ range }) => range));
  const name =
    metadata !== undefined
      ? metadata.address
      : ranges.length <= 3
        ? ranges.map(formatRange).join(", ")
        : `${formatRange(ranges[0] as AddressRange)} and ${ranges.length - 1} more ranges`;
  return { kind: "addresses", name, ranges, scope, ...(metadata === undefined ? {} : { metadata }) };
}

/** Indices of the atoms within a range: none lies across its ends. */
function run(atoms: readonly Atom[], range: AddressRange): number[] {
  let low = 0;
  let high = atoms.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const at = (atoms[middle] as Atom).range;
    if (at.family < range.family || (at.family === range.family && at.first < range.first)) low = middle + 1;
    else high = middle;
  }
  const found: number[] = [];
  for (let index = low; index < atoms.length; index++) {
    const at = (atoms[index] as Atom).range;
    if (at.family !== range.family || at.last > range.last) break;
    found.push(index);
  }
  return found;
}

function numbered(keys: readonly string[]): Int32Array {
  const ids = new Map<string, number>();
  return Int32Array.from(keys, (key) => {
    const id = ids.get(key) ?? ids.size;
    ids.set(key, id);
    return id;
  });
}

/** One step of partition refinement: members of `chosen`, each once, part from the others of their group. */
export function split(groupOf: Int32Array, chosen: Iterable<number>, next: { id: number }): void {
  const moved = new Map<number, number>();
  for (const index of chosen) {
    const before = groupOf[index] as number;
    let to = moved.get(before);
    if (to === undefined) {
      to = next.id++;
      moved.set(before, to);
    }
    groupOf[index] = to;
  }
}
