/**
 * Proof of what was generated, by reading its text again and computing the network with it: what is needed connects,
 * nothing else does, and no allow could be left out.
 */
import { append } from "../../core/append.ts";
import { readManifests } from "../../engines/kubernetes/manifests.ts";
import { describeObject, type Manifests } from "../../engines/kubernetes/model.ts";
import {
  type ClusterSettings,
  type Endpoint,
  formatPorts,
  type Network,
  type PortSet,
  type StageName,
} from "../../engines/reachability/model.ts";
import { endName, type Need } from "../../engines/reachability/needs/model.ts";
import { readNetwork } from "../../engines/reachability/network.ts";
import { reasonsOf } from "../../engines/reachability/queries/reasons.ts";
import { assumePods, isAssumed, mergeManifests } from "./assumed.ts";
import type { Allow, ApiServer, Draft } from "./model.ts";
import { findSuperfluous } from "./necessity.ts";
import { apiServerPorts } from "./peers.ts";
import { type EndPlaces, type Places, placesOf } from "./places.ts";
import type { Subjects } from "./subjects.ts";
import { writeDraft } from "./text.ts";

export interface ProofInput {
  /** What was read, without the policies that the generated ones take the place of. */
  readonly base: Manifests;
  readonly settings: ClusterSettings;
  readonly namespaces: ReadonlySet<string>;
  readonly subjects: Subjects;
  readonly apiServer: readonly ApiServer[];
  readonly drafts: readonly Draft[];
  /** All that the drafts are meant to allow. */
  readonly needs: readonly Need[];
  /** Hosts that sidecars keep their workloads to. */
  readonly outbound: readonly Need[];
}

export interface Proof {
  /** Why the set must not be used; empty: it is proven. */
  readonly failures: readonly string[];
  /** What the model cannot tell, with its reason. */
  readonly uncertain: readonly string[];
  readonly checked: { readonly needs: number; readonly pairs: number; readonly allows: number };
}

type Direction = Allow["direction"];

const FAILURES = 20;

export function prove(input: ProofInput): Proof {
  const assumed = assumePods(input.needs, input.namespaces);
  const compute = (drafts: readonly Draft[], kept: (draft: Draft) => readonly Allow[], isTrial = false): Network => {
    const texts = drafts.flatMap((draft) => {
      const allows = kept(draft);
      const isEmpty = allows.length === 0 && draft.allows.length > 0 && draft.keepsWhenEmpty !== true;
      return isEmpty ? [] : [writeDraft(draft, allows, isTrial)];
    });
    const text = texts.join("---\n");
    const generated = readManifests([{ path: GENERATED, text }]);
    if (generated.gaps.length > 0) throw new Error(`generated text cannot be read: ${generated.gaps[0]?.reason}`);
    return readNetwork(mergeManifests(input.base, assumed, generated), input.settings);
  };
  const network = compute(input.drafts, ({ allows }) => allows);
  const failures: string[] = [];
  const uncertain = new Set<string>();
  for (const { object, reason } of network.gaps) {
    if (object !== undefined && isGenerated(object)) failures.push(`${describeObject(object)}: ${reason}`);
  }
  const places = placesOf(network, input);
  const needed = neededPorts(input, network, places);
  checkNeeds(input, { network, places, failures, uncertain });
  const pairs = checkOthers(needed, { network, places, failures, uncertain });
  checkOutbound(input.outbound, { network, places, failures, uncertain });
  if (input.drafts.some(({ kind }) => kind === "AuthorizationPolicy")) {
    checkMesh(needed, { network, places, failures, uncertain });
  }
  const { superfluous, allows } = findSuperfluous({
    drafts: input.drafts,
    needs: [...input.needs, ...input.outbound],
    portsOf: (need) => portsOf(need, input),
    compute: (drafts, kept) => compute(drafts, kept, true),
    placesIn: (one) => placesOf(one, input),
  });
  append(failures, superfluous);
  return {
    failures: failures.slice(0, FAILURES),
    uncertain: [...uncertain].sort(),
    checked: { needs: input.needs.length, pairs, allows },
  };
}

const GENERATED = "generated";

function isGenerated({
  source,
}: {
  readonly source: { readonly kind: string; readonly text?: { readonly path: string } };
}): boolean {
  return source.kind === "file" && source.text?.path === GENERATED;
}

/** Of each ordinary pod of the namespaces, by direction: with whom on which ports. */
type Needed = ReadonlyMap<string, ReadonlyMap<number, PortSet>>;

function neededKey(direction: Direction, own: number): string {
  return `${direction} ${own}`;
}

function neededPorts(input: ProofInput, { portSets, endpoints }: Network, places: Places): Needed {
  const found = new Map<string, Map<number, PortSet>>();
  const isOwn = new Set(places.own);
  const add = (direction: Direction, own: number, peers: Iterable<number>, ports: PortSet) => {
    if (!isOwn.has(own)) return;
    const key = neededKey(direction, own);
    const row = found.get(key) ?? new Map<number, PortSet>();
    found.set(key, row);
    for (const peer of peers) row.set(peer, portSets.union(row.get(peer) ?? portSets.none, ports));
  };
  const everyPod = endpoints.flatMap((endpoint, index) => (endpoint.kind === "pods" && !endpoint.host ? [index] : []));
  for (const need of input.needs) {
    const { from, to, reasons } = need;
    const { protocol } = need;
    const ports = portSets.of(portsOf(need, input).map((port) => ({ protocol, first: port, last: port })));
    const source = places.of(from);
    const target = places.of(to);
    // Names are for every pod of a namespace, the strangers among them.
    const isDns = reasons.every(({ kind }) => kind === "dns");
    const namespace = from.kind === "pods" ? from.pods.namespace : "";
    const sources = isDns ? places.own.filter((index) => places.pods(index)?.namespace === namespace) : all(source);
    for (const own of sources) add("egress", own, all(target), ports);
    for (const own of all(target)) add("ingress", own, isDns ? everyPod : all(source), ports);
  }
  return found;
}

function all({ needed, tolerated, isWider }: EndPlaces): Iterable<number> {
  return isWider === true ? tolerated : new Set([...needed, ...tolerated]);
}

/** The API server's own port stands behind that of its Service. */
function portsOf({ to, port }: Need, input: Pick<ProofInput, "settings" | "apiServer">): readonly number[] {
  return to.kind === "api-server" ? [...new Set(apiServerPorts(input))] : [port];
}

interface Checking {
  readonly network: Network;
  readonly places: Places;
  readonly failures: string[];
  readonly uncertain: Set<string>;
}

const EGRESS = ["network-egress", "mesh-outbound"] as const;
const INGRESS = ["network-ingress", "mesh-authentication", "mesh-authorization"] as const;

/** Each need at each of its ends that is a pod of the namespaces; another end's policies are somebody else's. */
function checkNeeds(input: ProofInput, { network, places, failures, uncertain }: Checking): void {
  const { portSets } = network;
  const own = new Set(places.own);
  const made = new Set(input.drafts.flatMap(({ stages }) => Object.values(stages)));
  // Who is let in without mTLS is decided together with who is authorized.
  const isMade = (stage: StageName) => made.has(stage === "mesh-authentication" ? "mesh-authorization" : stage);
  for (const need of input.needs) {
    const numbers = portsOf(need, input);
    const ports = portSets.of(numbers.map((port) => ({ protocol: need.protocol, first: port, last: port })));
    const source = places.of(need.from);
    const target = places.of(need.to);
    const what = `${endName(need.from)} -> ${endName(need.to)}:${need.port}/${need.protocol}`;
    if (source.needed.length === 0 || target.needed.length === 0) {
      failures.push(`${what} is needed, and one of its ends is not in the model`);
      continue;
    }
    const unsure = source.isVague || target.isVague;
    // What the mesh itself needs is beneath its own policies; names and the API server its proxies know by themselves.
    const isOfMesh =
      need.to.kind === "api-server" || need.reasons.every(({ kind }) => kind === "mesh" || kind === "dns");
    let worst: "open" | "unknown" | "closed" = "open";
    let isClosedByMesh = false;
    for (const from of source.needed) {
      for (const to of target.needed) {
        // Of an end that is known by labels alone, or not at all, nobody says that it needs to be let out.
        const stages = [
          ...(need.from.kind === "pods" && own.has(from) ? EGRESS : []),
          ...(need.to.kind === "pods" && own.has(to) ? INGRESS : []),
        ].filter((stage) => !isOfMesh || stage.startsWith("network"));
        for (const stage of stages) {
          const { allowed, unknown } = network.stage(stage, from, to);
          const missing = portSets.subtract(ports, allowed);
          if (missing === portSets.none) continue;
          if (!isMade(stage)) {
            isClosedByMesh = true;
            continue;
          }
          // One of several addresses of the API server may have another port.
          const isOpen = portSets.intersect(missing, unknown) !== portSets.none || (unsure && numbers.length > 1);
          if (isOpen || (unsure && worst !== "closed")) worst = worst === "closed" ? worst : "unknown";
          else worst = "closed";
        }
      }
    }
    // Policies of a mesh that were there: whom they let in is theirs to say.
    if (isClosedByMesh) uncertain.add(`whether ${what} connects: policies of the mesh that were read may deny it`);
    if (worst === "closed") failures.push(`${what} is needed and would be denied`);
    if (worst === "unknown" && !isOfNodes(need)) uncertain.add(`whether ${what} connects${because(need)}`);
  }
}

function isOfNodes({ from }: Need): boolean {
  return from.kind === "nodes" || (from.kind === "pods" && from.pods.host);
}

function because({ from, to }: Need): string {
  const isApi = from.kind === "api-server" || to.kind === "api-server";
  return isApi ? ": whether the API server's address is a node's is the cluster's own" : "";
}

/** Everything that is open at a pod of the namespaces is needed, whoever the other is. */
function checkOthers(needed: Needed, { network, places, failures, uncertain }: Checking): number {
  const { classes, endpoints, portSets } = network;
  let pairs = 0;
  const doubtful = new Map<string, number>();
  for (const own of places.own) {
    for (const direction of ["egress", "ingress"] as const) {
      const row = needed.get(neededKey(direction, own));
      const stage = direction === "egress" ? "network-egress" : "network-ingress";
      for (const members of classes) {
        const [first] = members;
        if (first === undefined) continue;
        // What a pod's node sends it is always accepted: nobody can close that.
        if (direction === "ingress" && isNode(endpoints[first])) continue;
        pairs += members.length;
        const open = direction === "egress" ? network.stage(stage, own, first) : network.stage(stage, first, own);
        if (open.allowed === portSets.none && open.unknown === portSets.none) continue;
        for (const peer of members) {
          if (peer === own) continue;
          const wanted = row?.get(peer) ?? portSets.none;
          const excess = portSets.subtract(open.allowed, wanted);
          if (excess !== portSets.none && failures.length < FAILURES) {
            const [from, to] = direction === "egress" ? [own, peer] : [peer, own];
            failures.push(
              `${nameOf(endpoints[from])} -> ${nameOf(endpoints[to])} ${formatPorts(excess)} is open at its ${direction} and not needed`,
            );
          }
          if (portSets.subtract(open.unknown, wanted) !== portSets.none) {
            const [from, to] = direction === "egress" ? [own, peer] : [peer, own];
            for (const reason of doubtsOf(network, stage, from, to))
              doubtful.set(reason, (doubtful.get(reason) ?? 0) + 1);
          }
        }
      }
    }
  }
  for (const [reason, count] of doubtful)
    uncertain.add(`${count} ${count === 1 ? "pair" : "pairs"} may connect without need: ${reason}`);
  return pairs;
}

/** By their sidecars workloads reach the hosts that they need, and no other address outside. */
function checkOutbound(outbound: readonly Need[], { network, places, failures, uncertain }: Checking): void {
  const { endpoints, portSets } = network;
  if (outbound.length === 0) return;
  for (const need of outbound) {
    const what = `${endName(need.from)} -> ${endName(need.to)}:${need.port}/${need.protocol}`;
    const [to] = places.of(need.to).needed;
    const ports = portSets.of([{ protocol: need.protocol, first: need.port, last: need.port }]);
    for (const from of places.of(need.from).needed) {
      const found = to === undefined ? undefined : network.stage("mesh-outbound", from, to);
      if (found !== undefined && portSets.subtract(ports, found.allowed) === portSets.none) continue;
      if (found !== undefined && portSets.intersect(ports, found.unknown) !== portSets.none)
        uncertain.add(`whether the sidecar lets ${what} out`);
      else failures.push(`${what} is needed, and the sidecar would not let it out`);
    }
  }
  const internet = endpoints.findIndex((one) => one.kind === "addresses" && one.scope === "internet");
  for (const own of places.own) {
    if (internet < 0 || network.mesh?.workloads[own]?.mesh !== "istio-sidecar") continue;
    const { allowed } = network.stage("mesh-outbound", own, internet);
    // A pattern's addresses are nobody's to know: the proxy goes by the name that the client states.
    const byPattern = outbound.filter(
      ({ from, to }) => to.kind === "host" && to.host.includes("*") && places.of(from).needed.includes(own),
    );
    const named = portSets.of(byPattern.map(({ protocol, port }) => ({ protocol, first: port, last: port })));
    const open = portSets.subtract(portSets.intersect(allowed, portSets.protocol("TCP")), named);
    if (open !== portSets.none)
      failures.push(`${nameOf(endpoints[own])}: its sidecar lets ${formatPorts(open)} out to any address`);
  }
}

/** At workloads in the mesh, of TCP: an account is let in where one of its workloads needs it, and nobody else is. */
function checkMesh(needed: Needed, { network, places, failures }: Checking): void {
  const { classes, endpoints, portSets, mesh } = network;
  // The proxies' own ports never are the mesh's to close.
  const proxy = portSets.of([{ protocol: "TCP", first: 15_000, last: 15_099 }]);
  const tcp = portSets.subtract(portSets.protocol("TCP"), proxy);
  for (const own of places.own) {
    const kind = mesh?.workloads[own]?.mesh ?? "none";
    if (kind === "none") continue;
    const row = needed.get(neededKey("ingress", own)) ?? new Map<number, PortSet>();
    const byAccount = new Map<string, PortSet>();
    for (const [peer, ports] of row) {
      const key = accountOf(endpoints[peer]);
      byAccount.set(key, portSets.union(byAccount.get(key) ?? portSets.none, ports));
    }
    // Linkerd closes the ports that have a Server; the others are the network policies' alone.
    const served = kind === "linkerd" ? [...row.values()].reduce(portSets.union, portSets.none) : tcp;
    for (const members of classes) {
      const [first] = members;
      if (first === undefined || isNode(endpoints[first])) continue;
      const modes = network.stage("mesh-authentication", first, own);
      const policies = network.stage("mesh-authorization", first, own);
      const open = portSets.intersect(
        portSets.intersect(tcp, served),
        portSets.intersect(modes.allowed, policies.allowed),
      );
      for (const peer of members) {
        if (peer === own) continue;
        // A port that clients without an identity need is open to whoever the network lets come.
        const wanted = portSets.union(
          byAccount.get(accountOf(endpoints[peer])) ?? portSets.none,
          byAccount.get(NOBODY) ?? portSets.none,
        );
        const excess = portSets.subtract(open, wanted);
        if (excess === portSets.none || failures.length >= FAILURES) continue;
        failures.push(
          `${nameOf(endpoints[peer])} -> ${nameOf(endpoints[own])} ${formatPorts(excess)} is open to the mesh and not needed`,
        );
      }
    }
  }
}

const NOBODY = "";

function accountOf(endpoint: Endpoint | undefined): string {
  if (endpoint?.kind !== "pods" || endpoint.host || isAssumed(endpoint.name)) return NOBODY;
  return `${endpoint.namespace}/${endpoint.serviceAccount}`;
}

function doubtsOf(network: Network, stage: StageName, from: number, to: number): string[] {
  const decisions = reasonsOf(network, from, to, network.portSets.all).stages.find(
    ({ name }) => name === stage,
  )?.decisions;
  const doubts = (decisions ?? []).flatMap((one) => (one.outcome === "unknown" ? one.doubts : []));
  return [...new Set(doubts.map(({ reason, remedy }) => `${reason}${remedy === undefined ? "" : ` (${remedy})`}`))];
}

function isNode(endpoint: Endpoint | undefined): boolean {
  return endpoint?.kind === "node" || (endpoint?.kind === "pods" && endpoint.host);
}

function nameOf(endpoint: Endpoint | undefined): string {
  if (endpoint === undefined) return "?";
  if (isAssumed(endpoint.name)) return `any other pod of ${endpoint.kind === "pods" ? endpoint.namespace : ""}`;
  return endpoint.kind === "node" && endpoint.name === "" ? "a node" : endpoint.name;
}
