/** Who runs which image: what a cluster or a sensor saw, and what manifests say alone. */

import type { ImageAsset, WorkloadAsset } from "../../core/asset.ts";
import type { ContextAnswer } from "../../core/context.ts";
import { counted } from "../../core/counted.ts";
import type { Relation } from "../../core/relation.ts";
import { isStale } from "../../core/stale.ts";
import { type ContextFacts, unknown } from "./facts.ts";
import { type ImageKey, isDigest, isDigested, keysOfAsset, keysOfEnd, nameKey } from "./images.ts";

/** One workload or cluster that runs an image. */
interface Run {
  readonly relation: Relation;
  readonly keys: readonly ImageKey[];
  /** Manifests say so alone: whether they are applied nobody saw. */
  readonly declared: boolean;
  readonly stale: boolean;
}

export interface Runs {
  image(asset: ImageAsset): ContextAnswer;
  workload(asset: Pick<WorkloadAsset, "id" | "name">): ContextAnswer;
  /** Workloads that run an image, by its keys, and whether these are all that the cluster has. */
  workloadsOf(asset: ImageAsset): { readonly ids: readonly string[]; readonly complete: boolean };
  /** Images that a workload runs, each by its keys. */
  imagesOf(workload: string): readonly (readonly ImageKey[])[];
}

const NO_CLUSTER = "no cluster was read (check --cluster)";

export function runsOf(facts: ContextFacts): Runs {
  const { cluster } = facts;
  const notApplied = cluster === undefined ? NO_CLUSTER : `whether these are what is in ${cluster.name} is not known`;
  const byKey = new Map<ImageKey, Run[]>();
  const byWorkload = new Map<string, Run[]>();
  let undigested: Run | undefined;
  for (const relation of facts.relations) {
    if (relation.type !== "runs") continue;
    const { from, to, observedAt } = relation;
    const isInCluster = from.kind === "cluster" || (cluster !== undefined && from.id.startsWith(cluster.id));
    const declared = !isInCluster && to.kind === "image" && to.identifiedBy === "reference";
    // What a cluster asked for by a name, and could not be opened by it, goes by that name alone.
    const named = isInCluster && to.kind === "image" ? [nameKey(to.name)] : [];
    const keys = [...new Set([...keysOfEnd(relation), ...named])];
    const run = { relation, keys, declared, stale: isStale(observedAt, facts) };
    for (const key of run.keys) append(byKey, key, run);
    if (from.kind !== "cluster") append(byWorkload, from.id, run);
    if (isInCluster && !run.stale && !isDigested(relation)) undigested ??= run;
  }

  function ofImage(asset: ImageAsset): readonly Run[] {
    return [...new Set(Iterator.from(keysOfAsset(asset)).flatMap((key) => byKey.get(key) ?? []))];
  }

  /** Where nothing that was seen lately runs it. */
  function absent(others: readonly Run[], notSeen: string): ContextAnswer {
    const isWhole = cluster !== undefined && cluster.unread === undefined && undigested === undefined;
    if (isWhole) return { answer: "no", reason: `${notSeen} in ${cluster.name}`, observedAt: facts.now.toISOString() };
    const old = others.find(({ declared }) => !declared);
    if (old !== undefined) return seen([old]);
    if (cluster?.unread !== undefined) return unknown(cluster.unread);
    if (cluster !== undefined)
      return unknown(`${undigested?.relation.to.name ?? ""} runs there, and its digest is not known`);
    const [declared] = others;
    if (declared === undefined) return unknown(NO_CLUSTER);
    return unknown(`${declared.relation.from.name} names it, and ${notApplied}`);
  }

  return {
    image(asset) {
      const runs = ofImage(asset);
      const live = runs.filter(({ declared, stale }) => !declared && !stale);
      return live.length > 0 ? seen(live) : absent(runs, "no pod runs it");
    },
    workload({ id, name }) {
      const runs = byWorkload.get(id) ?? [];
      const live = runs.filter(({ declared, stale }) => !declared && !stale);
      if (live.length > 0) return seen(live);
      const old = runs.filter(({ declared }) => !declared);
      if (cluster === undefined || !id.startsWith(cluster.id)) {
        return old.length > 0 ? seen(old) : unknown(`manifests state it, and ${notApplied}`);
      }
      // One that stands for containers which were put into pods of another.
      if (name.split("/")[1] === "Pod") return unknown("whether it runs is told of its owner");
      if (cluster.unread !== undefined) return old.length > 0 ? seen(old) : unknown(cluster.unread);
      return { answer: "no", reason: `no pod of it runs in ${cluster.name}`, observedAt: facts.now.toISOString() };
    },
    workloadsOf(asset) {
      const runs = ofImage(asset).filter(({ stale, declared, keys }) => !stale && (!declared || keys.some(isDigest)));
      const own = runs.filter(({ relation }) => relation.from.kind !== "cluster");
      const pods = (some: readonly Run[]) =>
        some.reduce((sum, { relation }) => sum + Number(relation.evidence.pods ?? 0), 0);
      const whole = runs.filter(({ relation }) => relation.from.kind === "cluster");
      return {
        ids: [...new Set(own.map(({ relation }) => relation.from.id))],
        complete: cluster !== undefined && cluster.unread === undefined && pods(own) >= pods(whole),
      };
    },
    imagesOf: (workload) => (byWorkload.get(workload) ?? []).filter(({ stale }) => !stale).map(({ keys }) => keys),
  };
}

function append<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}

/** The pods are the cluster's where it tells them: those of workloads are the same ones. */
function seen(runs: readonly Run[]): ContextAnswer {
  const clusters = runs.filter(({ relation }) => relation.from.kind === "cluster");
  const told = clusters.length > 0 ? clusters : runs;
  const pods = told.reduce((sum, { relation }) => sum + Number(relation.evidence.pods ?? 0), 0);
  const by = [...new Set(runs.map(({ relation }) => relation.from.name))].sort();
  const [first = ""] = by;
  const who = by.length < 2 ? first : `${first} and ${by.length - 1} more`;
  const observedAt = runs
    .map(({ relation }) => relation.observedAt)
    .sort()
    .at(-1) as string;
  return {
    answer: "yes",
    reason: pods > 0 ? `in ${counted(pods, "pod")} (${who})` : `seen in ${who}`,
    observedAt,
    ...(runs.every(({ stale }) => stale) ? { stale: true } : {}),
  };
}
