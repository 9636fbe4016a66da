/**
 * Who reaches whom, and what exposes whom, as relations. Workloads that every policy treats alike are one end, and all that
 * one of them reaches alike another: never a relation for each pair.
 */
import { clip, digestOf, SENTENCE } from "../../../checks/findings/one-line.ts";
import { listed } from "../../../checks/network/reach/words.ts";
import type { Relation, RelationEnd } from "../../../core/relation.ts";
import { bounds as kubernetesBounds } from "../../../engines/kubernetes/bounds.ts";
import { describeObject, formatFieldPath, lineageOf } from "../../../engines/kubernetes/model.ts";
import { type Exposure, formatPorts, type Network } from "../../../engines/reachability/model.ts";
import { scopeOf } from "../namespaces.ts";

/** Of each type; a network of 15,000 workloads has some hundred kinds of them. */
const MOST = 2_000;

export interface RelationContext {
  readonly scope: string;
  readonly now: Date;
  /** Absent: {@link MOST}. */
  readonly most?: number;
}

export function networkRelations(
  network: Network,
  exposures: readonly Exposure[],
  context: RelationContext,
): Relation[] {
  const { most = MOST } = context;
  return [
    ...cut(reaches(network, context), most, "more connections are not listed"),
    ...cut(exposes(network, exposures, context), most, "more ways into the cluster are not listed"),
  ];
}

function* reaches(network: Network, { scope, now }: RelationContext): Generator<() => Relation> {
  const ends = new Map<string, RelationEnd>();
  const endOf = (indices: readonly number[]) => {
    const key = indices.join();
    const end = ends.get(key) ?? relationEnd(network, indices, scope);
    ends.set(key, end);
    return end;
  };
  const gaps = network.enforced === "yes" ? [] : [enforcementGap(network.enforced)];
  for (const { from, to, connection } of network.edges()) {
    const sources = network.classes[from] ?? [];
    if (network.endpoints[sources[0] ?? -1]?.kind !== "pods") continue;
    const targets = () => to.flatMap((one) => network.classes[one] ?? []);
    const { allowed, unknown } = connection;
    yield () => ({
      type: "reaches",
      from: endOf(sources),
      to: endOf(targets()),
      observedAt: now.toISOString(),
      evidence: {
        ports: clip(formatPorts(allowed), SENTENCE),
        ...(unknown === network.portSets.none ? {} : { "unknown ports": clip(formatPorts(unknown), SENTENCE) }),
        from: clip(listed(namesOf(network, sources)), SENTENCE),
        to: clip(listed(namesOf(network, targets())), SENTENCE),
      },
      gaps,
    });
  }
}

function enforcementGap(enforced: "no" | "unknown") {
  return {
    code: "network.cni-unknown",
    reason:
      enforced === "no" ? "the CNI enforces no policies: all is open" : "no CNI is known to enforce network policies",
  };
}

function* exposes(
  network: Network,
  exposures: readonly Exposure[],
  { scope, now }: RelationContext,
): Generator<() => Relation> {
  for (const { way, object, field, reach, targets, doubts } of exposures) {
    const name = `${describeObject(object)}: ${formatFieldPath(field)}`;
    const from: RelationEnd = {
      kind: "port",
      id: idOf(scope, describeObject(object), formatFieldPath(field)),
      name: clip(name),
    };
    for (const { endpoint, allowed, unknown, verdict, doubts: own } of targets) {
      if (verdict === "denied") continue;
      yield () => ({
        type: "exposes",
        from,
        to: relationEnd(network, [endpoint], scope),
        observedAt: now.toISOString(),
        evidence: {
          way,
          reach: reach.kind,
          ports: clip(formatPorts(verdict === "allowed" ? allowed : unknown), SENTENCE),
        },
        gaps: [...doubts, ...own].slice(0, 3).map(({ code, reason }) => ({ code, reason })),
      });
    }
  }
}

/** One workload by its own name, several by what their names come to. */
function relationEnd(network: Network, indices: readonly number[], scope: string): RelationEnd {
  const [first = -1] = indices;
  const endpoint = network.endpoints[first];
  if (indices.length === 1 && endpoint?.kind === "pods") {
    const { object } = endpoint.workload;
    const id = lineageOf(object, scopeOf(object)).slice(0, kubernetesBounds.assetNameLength);
    return { kind: "workload", id, name: endpoint.name };
  }
  const names = namesOf(network, indices);
  const id =
    names.length === 1 ? idOf(scope, "peer", names[0] ?? "") : idOf(scope, "peers", digestOf(names.join("\n")));
  return { kind: "peer", id, name: clip(listed(names)) };
}

function namesOf({ endpoints }: Network, indices: readonly number[]): string[] {
  return indices.map((index) => {
    const endpoint = endpoints[index];
    return endpoint?.kind === "node" ? `node ${endpoint.name || "(any)"}` : (endpoint?.name ?? "");
  });
}

function idOf(...parts: readonly string[]): string {
  return parts.join("/").slice(0, kubernetesBounds.assetNameLength);
}

/** The last says how many more there are, which are not made. */
function cut(relations: Iterable<() => Relation>, most: number, what: string): Relation[] {
  const kept: Relation[] = [];
  let over = 0;
  for (const relation of relations) {
    if (kept.length < most) kept.push(relation());
    else over++;
  }
  const last = kept.pop();
  if (last === undefined) return [];
  const gap = { code: "network.bound", reason: `${over} ${what}` };
  return [...kept, over === 0 ? last : { ...last, gaps: [...last.gaps, gap] }];
}
