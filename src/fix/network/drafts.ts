/** NetworkPolicies: of each namespace a default deny, DNS, and for each workload what it needs. */
import { formatFieldPath, locationOf } from "../../engines/kubernetes/model.ts";
import {
  endName,
  type Need,
  type NeedEnd,
  type NeedPort,
  type NeedReason,
} from "../../engines/reachability/needs/model.ts";
import type { Allow, AllowPart, Draft, Plain, UnmetNeed } from "./model.ts";
import { type PeerContext, plainSelector, subsumes, type WrittenEnd, writtenEnd } from "./peers.ts";
import { type Subject, workloadName } from "./subjects.ts";

/** What makes it known as ours. */
export const MANAGED_BY = { "app.kubernetes.io/managed-by": "bulkhead" } as const;

export interface DraftContext extends PeerContext {
  /** Namespaces that policies are made for. */
  readonly namespaces: ReadonlySet<string>;
}

export interface Drafted {
  readonly drafts: readonly Draft[];
  readonly unmet: readonly UnmetNeed[];
  /** Needs that some draft allows at each of their ends that is in a chosen namespace. */
  readonly met: readonly Need[];
  readonly notes: readonly string[];
}

type Direction = Allow["direction"];

/** What one policy allows in one direction: by port the peers. */
interface Target {
  readonly namespace: string;
  /** Undefined: every pod of the namespace. */
  readonly subject: Subject | undefined;
  readonly ports: Map<string, { readonly port: NeedPort; readonly peers: Map<string, Gathered> }>;
}

interface Gathered {
  /** Undefined: everybody. */
  readonly part: Omit<AllowPart, "comments"> | undefined;
  readonly comments: Set<string>;
  isForNodes: boolean;
}

export function draftPolicies(needs: readonly Need[], context: DraftContext): Drafted {
  const targets = new Map<string, { readonly ingress: Target; readonly egress: Target }>();
  const unmet: UnmetNeed[] = [];
  const met: Need[] = [];
  const notes = new Set<string>();
  for (const need of needs) {
    if (isProbe(need)) continue;
    const found = endsOf(need, context);
    const refused = found.find(({ written }) => written.kind === "none")?.written;
    if (refused?.kind === "none") {
      const { reason, remedy } = refused;
      unmet.push({ need, reason, ...(remedy === undefined ? {} : { remedy }) });
      continue;
    }
    if (found.length > 0) met.push(need);
    for (const { direction, namespace, subject, written } of found) {
      const key = `${namespace} ${subject?.selector === undefined ? "" : JSON.stringify(subject.selector)}`;
      const target = targets.get(key) ?? {
        ingress: { namespace, subject, ports: new Map() },
        egress: { namespace, subject, ports: new Map() },
      };
      targets.set(key, target);
      gather(target[direction], need, written, context);
      if (written.kind === "everybody")
        notes.add(`${shortName(direction === "ingress" ? need.to : need.from)} port ${need.port}: ${written.reason}`);
    }
  }
  const drafts = [...[...context.namespaces].sort().map(defaultDeny), ...namedDrafts([...targets.values()])];
  return { drafts, unmet, met, notes: [...notes].sort() };
}

function isProbe({ reasons }: Need): boolean {
  return reasons.every(({ kind }) => kind === "probe");
}

function isSharedDns({ reasons, to }: Need): boolean {
  return reasons.every(({ kind }) => kind === "dns") && !(to.kind === "addresses" && !to.name.startsWith("node-local"));
}

interface EndFound {
  readonly direction: Direction;
  readonly namespace: string;
  readonly subject: Subject | undefined;
  readonly written: WrittenEnd;
}

/** At each end that is a pod of a chosen namespace: whose policy has to say what. */
function endsOf(need: Need, context: DraftContext): EndFound[] {
  const { from, to } = need;
  const found: EndFound[] = [];
  const shared = isSharedDns(need);
  for (const [direction, own, other] of [
    ["egress", from, to],
    ["ingress", to, from],
  ] as const) {
    if (own.kind !== "pods" || own.pods.host || !context.namespaces.has(own.pods.namespace)) continue;
    const { namespace } = own.pods;
    const subject = context.subjects.of(own.pods);
    if (shared && direction === "egress") {
      found.push({
        direction,
        namespace,
        subject: undefined,
        written: writtenEnd(other, namespace, direction, context),
      });
      continue;
    }
    if (subject?.selector === undefined) {
      const reason = `the pods of ${own.pods.name} have no labels that a policy could pick them by`;
      found.push({ direction, namespace, subject, written: { kind: "none", reason, remedy: "label them" } });
      continue;
    }
    // Pods that were not read ask for names as well.
    const asked: NeedEnd = shared ? { kind: "unread-pods", labels: {}, name: "every pod" } : other;
    found.push({ direction, namespace, subject, written: writtenEnd(asked, namespace, direction, context) });
  }
  return found;
}

function gather({ ports }: Target, need: Need, written: WrittenEnd, { apiServer }: DraftContext): void {
  const parts: readonly (Omit<AllowPart, "comments"> | undefined)[] =
    written.kind === "peers" ? written.parts : [undefined];
  const numbers =
    need.to.kind === "api-server" && apiServer.length > 0 ? apiServer.map(({ port }) => port) : [need.port];
  for (const [index, part] of parts.entries()) {
    const port = numbers[numbers.length === parts.length ? index : 0] ?? need.port;
    const key = `${need.protocol} ${String(port).padStart(5, "0")}`;
    const entry = ports.get(key) ?? { port: { protocol: need.protocol, port }, peers: new Map<string, Gathered>() };
    ports.set(key, entry);
    const peer = entry.peers.get(part?.key ?? "") ?? { part, comments: new Set<string>(), isForNodes: false };
    if (isOfNodes(need)) peer.isForNodes = true;
    entry.peers.set(part?.key ?? "", peer);
    for (const comment of commentsOf(need)) peer.comments.add(comment);
  }
}

function isOfNodes({ from, to }: Need): boolean {
  return [from, to].some((end) => end.kind === "nodes" || (end.kind === "pods" && end.pods.host));
}

/** `web -> api: env API_URL of container web names Service shop/api (kubernetes/web.yaml:91)`. */
export function commentsOf({ from, to, reasons }: Need): string[] {
  const isDns = reasons.every(({ kind }) => kind === "dns");
  return reasons
    .slice(0, 3)
    .map((reason) => `${isDns ? "" : `${shortName(from)} -> ${shortName(to)}: `}${reason.text}${placeOf(reason)}`);
}

/** `shop/web`. */
export function shortName(end: NeedEnd): string {
  return end.kind === "pods" ? `${end.pods.namespace}/${workloadName(end.pods)}` : endName(end);
}

export function placeOf({ place }: Pick<NeedReason, "place">): string {
  if (place === undefined) return "";
  const location = locationOf(place.object, place.field);
  if (location.kind === "file") return ` (${location.path}:${location.line})`;
  return ` (${place.object.kind} ${place.object.name}${place.field.length === 0 ? "" : `, ${formatFieldPath(place.field)}`})`;
}

interface Collected {
  readonly part: Gathered["part"];
  readonly comments: string[];
  readonly ports: AllowPart[];
  isForNodes: boolean;
}

/** Peers with the same ports are one allow: it allows each peer each port, and nothing else. */
function allowsOf(direction: Direction, { ports }: Target): Allow[] {
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

function namedDrafts(targets: readonly { readonly ingress: Target; readonly egress: Target }[]): Draft[] {
  const taken = new Map<string, number>();
  const sorted = targets.toSorted((a, b) => order(a.ingress, b.ingress));
  return sorted.flatMap(({ ingress, egress }) => {
    const allows = [...allowsOf("ingress", ingress), ...allowsOf("egress", egress)];
    if (allows.length === 0) return [];
    const { namespace, subject } = ingress;
    const base = subject === undefined ? "allow-dns" : `allow-${objectName(subject)}`;
    const times = (taken.get(`${namespace}/${base}`) ?? 0) + 1;
    taken.set(`${namespace}/${base}`, times);
    return [policyDraft(namespace, times === 1 ? base : `${base}-${times}`, subject, allows)];
  });
}

function order(a: Target, b: Target): number {
  return compare(a.namespace, b.namespace) || compare(a.subject?.name ?? "", b.subject?.name ?? "");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function objectName({ name }: Subject): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, "-")
    .slice(0, 200);
  return (
    plain
      .split("-")
      .filter((part) => part !== "")
      .join("-") || "pods"
  );
}

function defaultDeny(namespace: string): Draft {
  const comments = ["Nothing goes in or out but what the policies below allow."];
  return policy({
    namespace,
    name: "default-deny",
    podSelector: {},
    comments,
    allows: [],
    types: ["Ingress", "Egress"],
  });
}

function policyDraft(namespace: string, name: string, subject: Subject | undefined, allows: readonly Allow[]): Draft {
  const podSelector = subject?.selector === undefined ? {} : plainSelector(subject.selector);
  const types = (["ingress", "egress"] as const)
    .filter((direction) => allows.some((allow) => allow.direction === direction))
    .map((direction) => (direction === "ingress" ? "Ingress" : "Egress"));
  const comments = subject === undefined ? ["Names, for every pod of the namespace."] : [];
  const members = subject === undefined ? {} : { members: subject.members };
  return policy({ namespace, name, podSelector, comments, allows, types, ...members });
}

interface WrittenPolicy {
  readonly namespace: string;
  readonly name: string;
  readonly members?: Subject["members"];
  readonly podSelector: Plain;
  readonly comments: readonly string[];
  readonly allows: readonly Allow[];
  readonly types: readonly string[];
}

/** Rules of NetworkPolicy are additive: a connection is allowed where one of them holds. */
const NETWORK_STAGES = { ingress: "network-ingress", egress: "network-egress" } as const;

function policy({ namespace, name, podSelector, comments: above, allows, types, members }: WrittenPolicy): Draft {
  return {
    kind: "NetworkPolicy",
    namespace,
    name,
    ...(members === undefined ? {} : { members }),
    stages: NETWORK_STAGES,
    comments: above,
    allows,
    build: (kept) => {
      const comments = new Map<Plain, readonly string[]>();
      const rules = (direction: Direction, peers: string) =>
        kept
          .filter((allow) => allow.direction === direction)
          .map((allow) => {
            const rule: Plain = {
              ...(allow.peers.length === 0 ? {} : { [peers]: allow.peers.flatMap(({ values }) => values) }),
              ports: allow.ports.flatMap(({ values }) => values),
            };
            comments.set(rule, allow.comments);
            for (const { values, comments: own } of allow.peers)
              if (values[0] !== undefined) comments.set(values[0], own);
            return rule;
          });
      const ingress = rules("ingress", "from");
      const egress = rules("egress", "to");
      const object = {
        apiVersion: "networking.k8s.io/v1",
        kind: "NetworkPolicy",
        metadata: { name, namespace, labels: MANAGED_BY },
        spec: {
          podSelector,
          policyTypes: types,
          ...(ingress.length === 0 ? {} : { ingress }),
          ...(egress.length === 0 ? {} : { egress }),
        },
      };
      return { object, comments };
    },
  };
}
