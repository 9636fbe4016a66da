/**
 * For each asset with findings whether it runs, is reached, is exposed and is signed: what clusters, sensors, manifests,
 * networks and verifiers said, joined by digests and identities. Pure. What nobody looked at is unknown, never no.
 */
import type { Asset, NamespaceAsset, WorkloadAsset } from "../../core/asset.ts";
import { authorityIn } from "../../core/authority.ts";
import type { AssetContext, ContextAnswer, WorkloadReach } from "../../core/context.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { type ContextFacts, is, together, unknown } from "./facts.ts";
import { isDigest, isImage, keysOfAsset } from "./images.ts";
import { type Runs, runsOf } from "./runs.ts";
import { pinnedKeys, type SignedLookup, signedLookup } from "./signed.ts";

/** @param identities - each asset as it was evaluated → as it is called in the report */
export function identifiedReach(
  reach: readonly WorkloadReach[],
  identities: ReadonlyMap<Asset, Asset>,
): WorkloadReach[] {
  const ids = new Map<string, string>();
  for (const [asset, { id }] of identities) if (asset.kind === "workload") ids.set(asset.id, id);
  return reach.map((one) => ({ ...one, workload: ids.get(one.workload) ?? one.workload }));
}

type Answers = Omit<AssetContext, "asset">;

/** In the order in which the assets are met; one without findings has none. */
export function contextsOf(facts: ContextFacts): AssetContext[] {
  const world = worldOf(facts);
  const made = new Map<string, AssetContext>();
  for (const evaluation of facts.evaluations) {
    if (!hasFindings(evaluation)) continue;
    const { kind, id } = evaluation.asset;
    const key = `${kind} ${id}`;
    if (!made.has(key)) made.set(key, { asset: { kind, id }, ...answersOf(evaluation.asset, world) });
  }
  return [...made.values()];
}

function hasFindings({ findings, excepted, baselined = [] }: Evaluation): boolean {
  return findings.length + excepted.length + baselined.length > 0;
}

/** What every asset is asked against. */
interface World {
  readonly facts: ContextFacts;
  readonly runs: Runs;
  readonly signed: SignedLookup;
  readonly reach: ReadonlyMap<string, WorkloadReach>;
  readonly images: readonly (Asset & { readonly kind: "image" })[];
  /** The keys of each image, by each digest among them. */
  readonly byDigest: ReadonlyMap<string, readonly ReadonlySet<string>[]>;
  /** By authority and namespace, as `authority namespace`. */
  readonly workloads: ReadonlyMap<string, readonly WorkloadAsset[]>;
  /** Dockerfiles: path's id → config digests of the images that were built from it. */
  readonly builtFrom: ReadonlyMap<string, ReadonlySet<string>>;
}

function worldOf(facts: ContextFacts): World {
  const images = new Map<string, Asset & { readonly kind: "image" }>();
  const workloads = new Map<string, Map<string, WorkloadAsset>>();
  for (const evaluation of facts.evaluations) {
    const { asset } = evaluation;
    if (isImage(asset)) images.set(asset.id, asset);
    if (asset.kind !== "workload") continue;
    const key = groupOf(asset.id, asset.name.split("/")[0] ?? "");
    const group = workloads.get(key) ?? new Map<string, WorkloadAsset>();
    workloads.set(key, group.set(asset.id, asset));
  }
  const builtFrom = new Map<string, Set<string>>();
  for (const { type, from, to } of facts.relations) {
    if (type !== "builtFrom" || to.kind !== "file") continue;
    builtFrom.set(to.id, (builtFrom.get(to.id) ?? new Set()).add(from.id));
  }
  const byDigest = new Map<string, ReadonlySet<string>[]>();
  for (const image of images.values()) {
    const keys = keysOfAsset(image);
    for (const key of keys) if (isDigest(key)) byDigest.set(key, [...(byDigest.get(key) ?? []), keys]);
  }
  return {
    facts,
    byDigest,
    runs: runsOf(facts),
    signed: signedLookup(facts),
    reach: new Map(facts.reach.map((one) => [one.workload, one])),
    images: [...images.values()],
    workloads: new Map([...workloads].map(([key, group]) => [key, [...group.values()]])),
    builtFrom,
  };
}

function groupOf(id: string, namespace: string): string {
  return `${authorityIn(id) ?? ""} ${namespace}`;
}

const NOTHING_LINKS = "nothing links it to what runs";

function answersOf(asset: Asset, world: World): Answers {
  switch (asset.kind) {
    case "image":
      return imageAnswers(asset, world);
    case "workload":
      return workloadAnswers(asset, world);
    case "namespace":
      return namespaceAnswers(asset, world);
    case "file":
      return fileAnswers(asset.id, world);
    case "cluster":
      return clusterAnswers(asset.id, world);
    case "host":
      return { ...allUnknown(NOTHING_LINKS), runs: observed("it was looked at as it ran", world) };
    default:
      return allUnknown(NOTHING_LINKS);
  }
}

function allUnknown(reason: string): Answers {
  const answer = unknown(reason);
  return { exposed: answer, reachable: answer, runs: answer, signed: answer };
}

function observed(reason: string, { facts }: World): ContextAnswer {
  return { answer: "yes", reason, observedAt: facts.now.toISOString() };
}

function imageAnswers(asset: Asset & { readonly kind: "image" }, world: World): Answers {
  const { runs, reach, signed, facts } = world;
  const running = runs.image(asset);
  const { ids, complete } = runs.workloadsOf(asset);
  const through = (question: "exposed" | "reachable"): ContextAnswer => {
    if (is(running, "no")) return { ...running, reason: `it does not run: ${running.reason}` };
    const all = ids.map((id) => reach.get(id)?.[question] ?? unknown(`who reaches ${id} was not computed`));
    const answer = together(all, "yes", unknown("which workload runs it is not known"));
    if (!is(answer, "no") || complete) return answer;
    return unknown(
      facts.cluster === undefined
        ? "other workloads than these may run it"
        : (facts.cluster.unread ?? "not all that run it are known"),
    );
  };
  return {
    exposed: through("exposed"),
    reachable: through("reachable"),
    runs: running,
    signed: signed(keysOfAsset(asset)),
  };
}

function workloadAnswers(asset: WorkloadAsset, world: World): Answers {
  const { runs, reach, signed } = world;
  const running = runs.workload(asset);
  const own = reach.get(asset.id);
  const through = (question: "exposed" | "reachable"): ContextAnswer =>
    is(running, "no")
      ? { ...running, reason: `it does not run: ${running.reason}` }
      : (own?.[question] ?? unknown("who reaches it was not computed"));
  const images = runs.imagesOf(asset.id).map((keys) => signed(closure(pinnedKeys(keys), world)));
  return {
    exposed: through("exposed"),
    reachable: through("reachable"),
    runs: running,
    signed: together(images, "no", unknown("which images it runs is not known")),
  };
}

/** With what else the images are known by that were evaluated: a manifest's digest, and its config's. */
function closure(keys: readonly string[], { byDigest }: World): ReadonlySet<string> {
  const all = new Set(keys);
  for (const key of keys) {
    for (const own of byDigest.get(key) ?? []) for (const other of own) all.add(other);
  }
  return all;
}

/** What one of its workloads is, it is. */
function namespaceAnswers(asset: NamespaceAsset, world: World): Answers {
  const { facts, workloads } = world;
  const own = workloads.get(groupOf(asset.id, asset.name)) ?? [];
  const all = own.map((workload) => workloadAnswers(workload, world));
  const { cluster } = facts;
  const isEmpty = cluster !== undefined && cluster.unread === undefined && asset.id.startsWith(cluster.id);
  const none: ContextAnswer = isEmpty
    ? { answer: "no", reason: "no workloads in it", observedAt: facts.now.toISOString() }
    : unknown("no workloads in it were read");
  return {
    exposed: together(
      all.map(({ exposed }) => exposed),
      "yes",
      none,
    ),
    reachable: together(
      all.map(({ reachable }) => reachable),
      "yes",
      none,
    ),
    runs: together(
      all.map(({ runs }) => runs),
      "yes",
      none,
    ),
    signed: together(
      all.map(({ signed }) => signed),
      "no",
      unknown(none.reason),
    ),
  };
}

/** Of a Dockerfile: what is bad of an image that was built from it is bad of it; others may be built from it as well. */
function fileAnswers(id: string, world: World): Answers {
  const built = world.builtFrom.get(id);
  if (built === undefined) return allUnknown(NOTHING_LINKS);
  const all = world.images.filter((image) => built.has(image.id)).map((image) => imageAnswers(image, world));
  const others = unknown("other images may be built from it");
  const worse = (own: readonly ContextAnswer[], answer: "yes" | "no") =>
    own.find((one) => one.answer === answer && one.stale !== true) ?? others;
  return {
    exposed: worse(
      all.map(({ exposed }) => exposed),
      "yes",
    ),
    reachable: worse(
      all.map(({ reachable }) => reachable),
      "yes",
    ),
    runs: worse(
      all.map(({ runs }) => runs),
      "yes",
    ),
    signed: worse(
      all.map(({ signed }) => signed),
      "no",
    ),
  };
}

/** A live one was read a moment ago. All manifests of a directory, taken as one, are none. */
function clusterAnswers(id: string, world: World): Answers {
  const { cluster } = world.facts;
  const nothing = allUnknown("it is of the cluster as a whole");
  return cluster?.id === id ? { ...nothing, runs: observed("it was read live", world) } : nothing;
}
