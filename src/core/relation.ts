import type { Asset } from "./asset.ts";
import type { Gap } from "./evidence.ts";

/**
 * How two things hang together, as evidence: dated, with what it rests on and what is not known of it. It reads
 * `from type to`: a workload `runs` an image, an image is `builtFrom` a base, an image is `childOf` an index, an account
 * `may` what a role permits.
 */
export interface Relation {
  readonly type: RelationType;
  readonly from: RelationEnd;
  readonly to: RelationEnd;
  /** ISO 8601, UTC: when it was the case. */
  readonly observedAt: string;
  /** ISO 8601: since when it is the case; absent where that is not known. */
  readonly since?: string;
  /** What says so, name to text in the order to show it. */
  readonly evidence: Readonly<Record<string, string>>;
  /** Why it may not be the whole truth; empty where it is. */
  readonly gaps: readonly Gap[];
}

export type RelationType = (typeof relationTypes)[number];

/** All that there are. Which of them a report can have follows from the layers that were read. */
export const relationTypes = [
  "runs",
  "builtFrom",
  "childOf",
  "may",
  "signedBy",
  "attests",
  "reaches",
  "exposes",
  "loads",
  "uses",
] as const;

/** One thing of a relation. Two reports speak of one thing where kind, `identifiedBy` and id are equal. */
export type RelationEnd =
  | {
      readonly kind: "image";
      readonly id: string;
      /** What the id is. A reference is a name: it never joins two images. */
      readonly identifiedBy: ImageIdentity;
      readonly name: string;
    }
  | {
      readonly kind: Exclude<Asset["kind"], "image"> | OtherEnd;
      readonly id: string;
      readonly name: string;
    };

export type ImageIdentity = (typeof imageIdentities)[number];

/** Digests of the config, the manifest and the index; a base that is known by its layers alone; a reference. */
export const imageIdentities = ["config", "manifest", "index", "layers", "reference"] as const;

export type OtherEnd = (typeof otherEnds)[number];

/**
 * What is no asset by itself: who acts in a cluster and what that one may do, who signed, what is connected to, what a workload uses. What
 * is in a
 * cluster has an id that begins with that of the cluster's asset, so that it has one identity on every machine as well.
 */
export const otherEnds = [
  "account",
  "permission",
  "signer",
  "attestation",
  "peer",
  "port",
  "package",
  "secret",
  "object",
] as const;

export function assetEnd(asset: Asset): RelationEnd {
  const { id, name } = asset;
  return asset.kind === "image"
    ? { kind: "image", id, identifiedBy: asset.identifiedBy, name }
    : { kind: asset.kind, id, name };
}

/** Each image that was met in an index, and that index: what an index points to changes, so it is as of then. */
export function indexChildren(assets: Iterable<Asset>): Relation[] {
  const found = new Map<string, Relation>();
  for (const asset of assets) {
    if (asset.kind !== "image") continue;
    for (const { reference, manifestDigest, indexDigest, observedAt } of asset.references) {
      if (indexDigest === undefined) continue;
      found.set(JSON.stringify([asset.id, indexDigest]), {
        type: "childOf",
        from: assetEnd(asset),
        to: { kind: "image", id: indexDigest, identifiedBy: "index", name: reference },
        observedAt,
        evidence: { reference, ...(manifestDigest === undefined ? {} : { manifest: manifestDigest }) },
        gaps: [],
      });
    }
  }
  return [...found.values()];
}

/**
 * The relations with the identities that their assets have in the report.
 *
 * @param identities - each asset as it was evaluated → with the authority
 */
export function identifiedEnds(relations: readonly Relation[], identities: ReadonlyMap<Asset, Asset>): Relation[] {
  const known = new Map<string, Asset>();
  const clusters = new Map<string, string>();
  for (const [asset, identified] of identities) {
    known.set(JSON.stringify([asset.kind, asset.id]), identified);
    if (asset.kind === "cluster") clusters.set(`${asset.id}/`, identified.id);
  }
  const of = (end: RelationEnd): RelationEnd => {
    if (isOther(end)) return { ...end, id: within(end.id) };
    const asset = known.get(JSON.stringify([end.kind, end.id]));
    return asset === undefined || asset.kind === "image" ? end : { kind: asset.kind, id: asset.id, name: asset.name };
  };
  const within = (id: string): string => {
    const before = clusters.keys().find((cluster) => id.startsWith(cluster));
    if (before === undefined) return id;
    const cluster = clusters.get(before) ?? "";
    // Of a live cluster nothing stands behind the authority.
    return `${cluster}${cluster.endsWith("/") ? "" : "/"}${id.slice(before.length)}`;
  };
  return relations.map((relation) => ({ ...relation, from: of(relation.from), to: of(relation.to) }));
}

function isOther({ kind }: RelationEnd): boolean {
  return (otherEnds as readonly string[]).includes(kind);
}
