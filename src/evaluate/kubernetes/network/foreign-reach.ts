/** Pods of other namespaces that reach those of one although no rule names them. */
import type { ForeignReach } from "../../../checks/subjects/network.ts";
import { describeObject } from "../../../engines/kubernetes/model.ts";
import type { Network, Peer, PodEndpoint, Rule } from "../../../engines/reachability/model.ts";
import { isSystemNamespace } from "../namespaces.ts";
import { ruleOf } from "./opening.ts";

interface Found {
  readonly by: ForeignReach["by"];
  readonly reached: Set<string>;
  readonly from: Set<string>;
  readonly namespaces: Set<string>;
}

/** @param endpoints - of the namespace, by index */
export function foreignReach(network: Network, endpoints: readonly number[]): ForeignReach[] {
  const namespace = (network.endpoints[endpoints[0] ?? -1] as PodEndpoint | undefined)?.namespace;
  if (namespace === undefined) return [];
  const own = byClass(network, endpoints);
  const others = byClass(
    network,
    network.endpoints.flatMap((endpoint, index) => {
      const isOther = endpoint.kind === "pods" && !endpoint.host && endpoint.namespace !== namespace;
      return isOther && !isSystemNamespace(endpoint.namespace) ? [index] : [];
    }),
  );
  const found = new Map<string, Found>();
  const broad = broadRules(network);
  for (const targets of own) {
    const [to] = targets;
    if (to === undefined || (network.endpoints[to] as PodEndpoint).host) continue;
    const by = unnamedWay(network, to, broad);
    if (by === undefined) continue;
    const key = by.kind === "rule" ? JSON.stringify([describeObject(by.object), by.field]) : by.kind;
    const one = found.get(key) ?? { by, reached: new Set(), from: new Set(), namespaces: new Set() };
    for (const sources of others) {
      const [from] = sources;
      if (from === undefined) continue;
      const open = network.enforced === "no" || network.connection(from, to).allowed !== network.portSets.none;
      if (!open) continue;
      found.set(key, one);
      for (const index of targets) one.reached.add(nameOf(network, index));
      for (const index of sources) {
        one.from.add(nameOf(network, index));
        one.namespaces.add((network.endpoints[index] as PodEndpoint).namespace);
      }
    }
  }
  return [...found.values()].map(({ by, reached, from, namespaces }) => ({
    by,
    reached: [...reached].sort(),
    from: [...from].sort(),
    namespaces: namespaces.size,
  }));
}

/** How pods get in whom no rule names; undefined where only rules that name them let them in, or nobody knows. */
function unnamedWay(network: Network, to: number, broad: readonly Broad[]): ForeignReach["by"] | undefined {
  if (network.enforced === "no") return { kind: "unenforced" };
  const isolated = network.isolated(to, "ingress");
  if (isolated === "no") return { kind: "nothing" };
  const rule = isolated === "yes" ? broad.find(({ subject }) => subject.has(to))?.rule : undefined;
  return rule === undefined ? undefined : { kind: "rule", ...ruleOf(rule) };
}

interface Broad {
  readonly rule: Rule;
  readonly subject: ReadonlySet<number>;
}

/** Rules that let in every pod of every namespace. */
function broadRules({ rules, endpoints }: Network): Broad[] {
  const pods = endpoints.filter(({ kind }) => kind === "pods").length;
  const isEverybody = (peer: Peer) =>
    peer.kind === "everything" || (peer.kind === "pods" && peer.pods.members.length === pods);
  return rules.flatMap((rule) => {
    const { stage, action, peers, doubt, subject } = rule;
    const isBroad =
      stage === "network-ingress" && action === "accept" && doubt === undefined && peers.some(isEverybody);
    return isBroad ? [{ rule, subject: new Set(subject.members) }] : [];
  });
}

function byClass({ classOf }: Network, endpoints: readonly number[]): readonly (readonly number[])[] {
  return [...Map.groupBy(endpoints, (index) => classOf[index] as number).values()];
}

function nameOf({ endpoints }: Network, index: number): string {
  return (endpoints[index] as PodEndpoint).name;
}
