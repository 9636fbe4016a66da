/** Policies: of each namespace a default deny, DNS, and for each workload what it needs. */
import { formatFieldPath, locationOf } from "../../engines/kubernetes/model.ts";
import { endName, type Need, type NeedEnd, type NeedReason } from "../../engines/reachability/needs/model.ts";
import { allowsOf, type Gathering, gather } from "./allows.ts";
import { ciliumPolicy } from "./cilium.ts";
import type { Allow, Draft, UnmetNeed } from "./model.ts";
import { networkPolicy } from "./network-policy.ts";
import { apiServerPorts, type PeerContext, plainSelector, type WrittenEnd, writtenEnd } from "./peers.ts";
import { objectName, type Subject, workloadName } from "./subjects.ts";

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

/** What the policies of one subject allow. */
interface Target {
  readonly namespace: string;
  /** Undefined: every pod of the namespace. */
  readonly subject: Subject | undefined;
  readonly ingress: Gathering;
  readonly egress: Gathering;
  /** What a NetworkPolicy cannot say, by the field of a CiliumNetworkPolicy that can. */
  readonly cilium: Map<string, Gathering>;
}

export function draftPolicies(needs: readonly Need[], context: DraftContext): Drafted {
  const targets = new Map<string, Target>();
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
        namespace,
        subject,
        ingress: new Map(),
        egress: new Map(),
        cilium: new Map<string, Gathering>(),
      };
      targets.set(key, target);
      gatherEnd(target, direction, need, written, context);
      if (written.kind === "everybody") {
        notes.add(`${shortName(direction === "ingress" ? need.to : need.from)} port ${need.port}: ${written.reason}`);
      }
    }
  }
  const drafts = [...[...context.namespaces].sort().map(defaultDeny), ...namedDrafts([...targets.values()], context)];
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

function gatherEnd(target: Target, direction: Direction, need: Need, written: WrittenEnd, context: DraftContext): void {
  if (written.kind === "none") return;
  const parts = written.kind === "everybody" ? [undefined] : written.parts;
  let gathering = target[direction];
  if (written.kind === "cilium") {
    gathering = target.cilium.get(written.field) ?? new Map();
    target.cilium.set(written.field, gathering);
  }
  const { protocol } = need;
  // Each of its addresses has its port; its entity has them all.
  const numbers = need.to.kind === "api-server" ? apiServerPorts(context) : [need.port];
  const isByAddress = written.kind === "peers" && numbers.length === parts.length;
  for (const [index, part] of parts.entries()) {
    const ports = isByAddress ? numbers.slice(index, index + 1) : numbers;
    for (const port of ports) {
      const comments = commentsOf(need);
      gather(gathering, { port: { protocol, port }, part, comments, isForNodes: isOfNodes(need) });
    }
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

function namedDrafts(targets: readonly Target[], context: DraftContext): Draft[] {
  const taken = new Map<string, number>();
  return targets.toSorted(order).flatMap(({ namespace, subject, ingress, egress, cilium }) => {
    const base = subject === undefined ? "allow-dns" : `allow-${objectName(subject)}`;
    const times = (taken.get(`${namespace}/${base}`) ?? 0) + 1;
    taken.set(`${namespace}/${base}`, times);
    const name = times === 1 ? base : `${base}-${times}`;
    const selector = subject?.selector === undefined ? {} : plainSelector(subject.selector);
    const members = subject === undefined ? {} : { members: subject.members };
    const drafts: Draft[] = [];
    const allows = [...allowsOf("ingress", ingress), ...allowsOf("egress", egress)];
    if (allows.length > 0) {
      const types = (["ingress", "egress"] as const)
        .filter((direction) => allows.some((allow) => allow.direction === direction))
        .map((direction) => (direction === "ingress" ? "Ingress" : "Egress"));
      const comments = subject === undefined ? ["Names, for every pod of the namespace."] : [];
      drafts.push(networkPolicy({ namespace, name, selector, comments, allows, types, ...members }));
    }
    if (cilium.size > 0) {
      const further = [...cilium].flatMap(([field, gathering]) =>
        allowsOf(field.startsWith("from") ? "ingress" : "egress", gathering).map((allow) => ({ ...allow, field })),
      );
      drafts.push(ciliumPolicy({ namespace, name, selector, allows: further, dns: context.dns, ...members }));
    }
    return drafts;
  });
}

function order(a: Target, b: Target): number {
  return compare(a.namespace, b.namespace) || compare(a.subject?.name ?? "", b.subject?.name ?? "");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function defaultDeny(namespace: string): Draft {
  const comments = ["Nothing goes in or out but what the policies below allow."];
  const types = ["Ingress", "Egress"];
  return networkPolicy({ namespace, name: "default-deny", selector: {}, comments, allows: [], types });
}
