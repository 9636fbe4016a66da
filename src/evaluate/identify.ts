/**
 * The last thing that a run does to an asset: it gets its authority. While it is evaluated an asset goes by its place in
 * its directory or cluster, and by that alone exceptions know it, so that no claim about a repository brings one into force.
 */
import type { Asset } from "../core/asset.ts";
import { type Authority, formatAuthority, lineageUnder } from "../core/authority.ts";
import type { Evaluation } from "../core/evaluation.ts";
import type { EvaluationList } from "../core/evaluations.ts";
import { type Finding, fingerprintOf } from "../core/finding.ts";

/** Whose the assets of a run are. */
export interface Authorities {
  /** Of the directory, or of the one that the run was started in. */
  readonly directory: Authority;
  /** Of the cluster that was read, and what it goes by while it is evaluated. Absent: workloads are of the directory. */
  readonly cluster?: ClusterAuthority;
}

export interface ClusterAuthority {
  readonly name: string;
  readonly authority: Authority;
  /** Assets of the directory that was checked with it, whatever they are called; absent: there are none. */
  readonly beside?: ReadonlySet<Asset>;
}

/** As lineages start with them. */
export function authoritiesNamed({ directory, cluster }: Authorities): ReadonlySet<string> {
  const all = cluster === undefined ? [directory] : [directory, cluster.authority];
  return new Set(all.map(formatAuthority));
}

const NOTHING: Partial<Evaluation> = {};

/** Each asset as it was evaluated → as it is called in the report. */
export type Identities = ReadonlyMap<Asset, Asset>;

/**
 * Puts every lineage under its authority, with the fingerprints that follow. The list is taken over.
 *
 * @param added - what each successor gets besides
 */
export function identify(
  evaluations: EvaluationList,
  authorities: Authorities,
  added: (evaluation: Evaluation) => Partial<Evaluation> = () => NOTHING,
): Identities {
  const known = new Map<Asset, Asset>();
  evaluations.succeed((evaluation) => {
    let asset = known.get(evaluation.asset);
    if (asset === undefined) {
      asset = identified(evaluation.asset, authorities);
      known.set(evaluation.asset, asset);
    }
    return underAuthority(evaluation, asset, added(evaluation));
  });
  return known;
}

function underAuthority(evaluation: Evaluation, asset: Asset, more: Partial<Evaluation>): Evaluation {
  if (asset === evaluation.asset) return { ...evaluation, ...more };
  const { findings, excepted } = evaluation;
  const again = (finding: Finding): Finding => ({
    ...finding,
    fingerprint: fingerprintOf(finding.check, asset.lineage, finding.subject),
  });
  return {
    ...evaluation,
    asset,
    findings: findings.length === 0 ? findings : findings.map(again),
    excepted:
      excepted.length === 0
        ? excepted
        : excepted.map(({ finding, exception }) => ({ finding: again(finding), exception })),
    ...more,
  };
}

function identified(asset: Asset, { directory, cluster }: Authorities): Asset {
  switch (asset.kind) {
    case "rootfs":
    case "registry":
    case "host":
      return asset;
    case "image":
      return asset.path === undefined ? asset : { ...asset, lineage: lineageUnder(directory, asset.path) };
    case "sbom":
      return { ...asset, lineage: lineageUnder(directory, asset.lineage) };
    default: {
      if (asset.kind === "workload" && asset.seenOn !== undefined) return asset;
      const isBeside = cluster?.beside?.has(asset) === true;
      const within = cluster === undefined || isBeside ? undefined : withinCluster(asset.lineage, cluster.name);
      const lineage =
        cluster === undefined || within === undefined
          ? lineageUnder(directory, asset.lineage)
          : lineageUnder(cluster.authority, within);
      return { ...asset, id: lineage, lineage };
    }
  }
}

/** A cluster's own lineage is its name, that of what is in it begins with it; a gap's place may too (`staging Secret a/b`). */
function withinCluster(lineage: string, name: string): string | undefined {
  if (lineage === name) return "";
  const next = lineage[name.length];
  return lineage.startsWith(name) && (next === "/" || next === " ") ? lineage.slice(name.length + 1) : undefined;
}
