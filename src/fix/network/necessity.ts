/**
 * Whether each allow is needed: without it alone, something that is listed breaks. Each part of each policy (a peer, a port)
 * has a number; a round keeps the parts whose number has a bit set, or not set. A connection that stands in exactly the
 * rounds that keep one part rests on that part alone, since any other part differs from it in a bit, and would have kept
 * the connection in a round without it. So 2 × log2(parts) networks try them all. It holds because rules of these policies
 * only add to each other.
 */
import { greatest } from "../../core/extremes.ts";
import { hasPort, type Network } from "../../engines/reachability/model.ts";
import type { Need } from "../../engines/reachability/needs/model.ts";
import type { Allow, AllowPart, Draft } from "./model.ts";
import type { Places } from "./places.ts";

type Compute = (drafts: readonly Draft[], kept: (draft: Draft) => readonly Allow[]) => Network;
type PartKind = "peers" | "ports";

export interface Superfluous {
  readonly superfluous: readonly string[];
  /** How many parts were tried. */
  readonly allows: number;
}

interface Part {
  readonly draft: Draft;
  readonly allow: Allow;
  readonly part: AllowPart;
  readonly number: number;
}

export interface NecessityInput {
  readonly drafts: readonly Draft[];
  readonly needs: readonly Need[];
  /** Of a need the numbers of its ports: those of the API server are its own. */
  readonly portsOf: (need: Need) => readonly number[];
  readonly compute: Compute;
  readonly placesIn: (network: Network) => Places;
}

export function findSuperfluous({ drafts, needs, portsOf, compute, placesIn }: NecessityInput): Superfluous {
  const superfluous: string[] = [];
  let allows = 0;
  // What is sure with all of them must be sure without one: that something is unknown then saves no connection.
  const sure = new Set<string>();
  const whole = compute(drafts, (draft) => draft.allows);
  observe({ network: whole, places: placesIn(whole), needs, portsOf, drafts }, (key, isSure) => {
    if (isSure) sure.add(key);
  });
  for (const kind of ["peers", "ports"] as const) {
    const parts = numbered(drafts, kind);
    allows += parts.length;
    const most = parts.reduce((highest, { number }) => Math.max(highest, number), 0);
    const bits = Math.max(1, Math.ceil(Math.log2(most + 1)));
    const rounds = Array.from({ length: 2 * bits }, (_, round) => (number: number) => keeps(number, round));
    const numbers = numbersOf(parts);
    const stood = new Map<string, Uint8Array>();
    for (const [round, isKept] of rounds.entries()) {
      const network = compute(drafts, (draft) => keptAllows(draft, numbers, kind, isKept));
      observe({ network, places: placesIn(network), needs, portsOf, drafts }, (key, isSure) => {
        if (!isSure && sure.has(key)) return;
        const marks = stood.get(key) ?? new Uint8Array(rounds.length);
        stood.set(key, marks);
        marks[round] = 1;
      });
    }
    const patterns = new Map<Draft, Set<string>>();
    for (const [key, marks] of stood) {
      const draft = drafts[Number(key.slice(0, key.indexOf(" ")))];
      if (draft === undefined) continue;
      const own = patterns.get(draft) ?? new Set<string>();
      patterns.set(draft, own);
      own.add(marks.join(""));
    }
    for (const { draft, allow, part, number } of parts) {
      if (part.isForNodes === true) continue;
      const wanted = rounds.map((isKept) => (isKept(number) ? 1 : 0)).join("");
      if (patterns.get(draft)?.has(wanted) === true) continue;
      superfluous.push(
        `${draft.namespace}/${draft.name}: nothing needs ${allow.direction} ${kind === "peers" ? "peer" : "port"} ${JSON.stringify(part.values)}`,
      );
    }
  }
  return { superfluous, allows };
}

/** Even rounds keep the numbers that have the bit, odd ones those that lack it. */
function keeps(number: number, round: number): boolean {
  const bit = (number >> (round >> 1)) & 1;
  return round % 2 === 0 ? bit === 1 : bit === 0;
}

/** Parts of policies that select the same pods have different numbers; those of others may have the same. */
function numbered(drafts: readonly Draft[], kind: PartKind): Part[] {
  const parts: Part[] = [];
  const next = new Map<string, number>();
  const shared = drafts.filter(({ members }) => members === undefined);
  const others = drafts.filter(({ members }) => members !== undefined);
  const add = (draft: Draft, scope: string, from: number) => {
    let number = next.get(scope) ?? from;
    for (const allow of draft.allows) {
      for (const part of allow[kind]) parts.push({ draft, allow, part, number: number++ });
    }
    next.set(scope, number);
  };
  for (const draft of shared) add(draft, draft.namespace, 0);
  const first = greatest(next.values(), 0);
  for (const draft of others) add(draft, draft.members?.[0]?.name ?? "", first);
  return parts;
}

type Numbers = ReadonlyMap<Allow, ReadonlyMap<AllowPart, number>>;

/** A part may stand in several allows, and has a number in each. */
function numbersOf(parts: readonly Part[]): Numbers {
  const numbers = new Map<Allow, Map<AllowPart, number>>();
  for (const { allow, part, number } of parts) {
    const own = numbers.get(allow) ?? new Map<AllowPart, number>();
    numbers.set(allow, own);
    own.set(part, number);
  }
  return numbers;
}

function keptAllows(
  draft: Draft,
  numbers: Numbers,
  kind: PartKind,
  isKept: (number: number) => boolean,
): readonly Allow[] {
  return draft.allows.flatMap((allow) => {
    const own = numbers.get(allow);
    const kept = allow[kind].filter((part) => isKept(own?.get(part) ?? 0));
    // What is left without peers would be for everybody.
    if (allow[kind].length > 0 && kept.length === 0) return [];
    return [{ ...allow, [kind]: kept }];
  });
}

interface Observing extends Pick<NecessityInput, "drafts" | "needs" | "portsOf"> {
  readonly network: Network;
  readonly places: Places;
}

/** Tells of each needed connection that stands, for each policy that may be why. */
function observe(
  { network, places, needs, portsOf, drafts }: Observing,
  stands: (key: string, isSure: boolean) => void,
): void {
  const draftsOf = new Map<string, number[]>();
  for (const [index, { members, namespace }] of drafts.entries()) {
    const names = members === undefined ? [`namespace ${namespace}`] : members.map(({ name }) => name);
    for (const name of names) draftsOf.set(name, [...(draftsOf.get(name) ?? []), index]);
  }
  const own = new Set(places.own);
  for (const [number, need] of needs.entries()) {
    const sources = places.samples(need.from);
    const targets = places.samples(need.to);
    for (const [source, from] of sources) {
      for (const [target, to] of targets) {
        for (const direction of ["egress", "ingress"] as const) {
          const at = direction === "egress" ? from : to;
          const pods = own.has(at) ? places.pods(at) : undefined;
          if (pods === undefined) continue;
          for (const name of [pods.name, `namespace ${pods.namespace}`]) {
            for (const index of draftsOf.get(name) ?? []) {
              const stage = drafts[index]?.stages[direction];
              if (stage === undefined) continue;
              const { allowed, unknown } = network.stage(stage, from, to);
              for (const port of portsOf(need)) {
                const isSure = hasPort(allowed, need.protocol, port);
                if (!isSure && !hasPort(unknown, need.protocol, port)) continue;
                stands(`${index} ${direction} ${number} ${source} ${target} ${port}`, isSure);
              }
            }
          }
        }
      }
    }
  }
}
