/** What an image is built on, as evidence, and the checks that ask for it. */
import { fullBase } from "../../checks/image/full-base.ts";
import { removedPackages } from "../../checks/image/removed-packages.ts";
import type { Asset } from "../../core/asset.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { absent, type Evidence, type Gap, present } from "../../core/evidence.ts";
import type { LayerReference } from "../../core/location.ts";
import type { Policy } from "../../core/policy.ts";
import { Problem } from "../../core/problem.ts";
import { runCheck } from "../../core/runner.ts";
import { type KnownBases, recogniseBase } from "../../engines/contents/base/recognise.ts";
import type { BaseImage, Inventory, Package } from "../../engines/contents/model.ts";
import type { ImageConfig } from "../../engines/oci/model.ts";
import type { AdvisoryDatabase } from "../../engines/vulnerability/database/open.ts";
import { matchPackages } from "../../engines/vulnerability/matching.ts";
import type { ScopeMatches } from "../../engines/vulnerability/model.ts";

interface BaseContext {
  readonly policy: Policy;
  readonly now: Date;
  /** Bases that were learnt on this machine. */
  readonly bases?: KnownBases;
}

/** What of an image tells its base. */
interface ImageWithBase {
  readonly config: Pick<ImageConfig, "diffIds" | "history" | "labels">;
  /** Of the manifest. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** The base of an image; absent where it is not recognised, partial where something of the distribution was not read. */
export function baseOfImage(
  { config, annotations }: ImageWithBase,
  inventory: Evidence<Inventory>,
  { now, bases }: Pick<BaseContext, "now" | "bases">,
): Evidence<BaseImage> {
  if (inventory.state === "absent") return absent(inventory.gaps[0], ...inventory.gaps.slice(1));
  const { diffIds, history, labels } = config;
  const base = recogniseBase({ inventory: inventory.facts, diffIds, history, annotations, labels }, bases);
  return evidenceOfBase(base, inventory.gaps, now);
}

/** @param gaps - of the inventory */
export function evidenceOfBase(base: BaseImage | undefined, gaps: readonly Gap[], now: Date): Evidence<BaseImage> {
  if (base === undefined) return absent(unrecognised);
  // Whose layers are known by their digests needs no look at what is in them.
  const own = base.by === "chain" ? [] : gaps.filter(({ concerns }) => concerns === undefined || OS.has(concerns));
  return present(base, now.toISOString(), { gaps: own });
}

const OS: ReadonlySet<string> = new Set(["deb", "apk", "rpm"]);

const unrecognised: Gap = {
  code: "base.unrecognised",
  reason: "its base image is not recognised",
  remedy: "bulkhead image base --learn REFERENCE makes a base known",
};

/** The evaluation of an image's base. */
export function evaluateBase(asset: Asset, base: Evidence<BaseImage>, { policy, now }: BaseContext): Evaluation {
  const looked = base.state === "present" ? lookedAt(base.facts) : {};
  return runCheck(
    fullBase,
    { base, accept: present(policy.bases.accept, now.toISOString()) },
    { asset, policy, now, evidence: looked },
  );
}

function lookedAt({ kind, name, by, confidence }: BaseImage): Record<string, string> {
  return { kind, ...(name === undefined ? {} : { base: name }), "recognised by": `${by} (${confidence})` };
}

/** The evaluation of what upper layers removed; none where they removed nothing. */
export function evaluateRemoved(
  asset: Asset,
  inventory: Evidence<Inventory>,
  layers: readonly LayerReference[],
  context: BaseContext & { readonly advisories: AdvisoryDatabase | Problem },
): Evaluation[] {
  const removed = inventory.state === "present" ? (inventory.facts.removed ?? []) : [];
  if (inventory.state === "absent" || removed.length === 0) return [];
  const { policy, now, advisories } = context;
  const at = now.toISOString();
  return [
    runCheck(
      removedPackages,
      {
        removed: present(removed, at),
        vulnerabilities: present(vulnerabilitiesOf(inventory.facts, removed, advisories), at),
        layers: present(layers, at),
      },
      { asset, policy, now, evidence: { packages: String(removed.length) } },
    ),
  ];
}

function vulnerabilitiesOf(
  { distribution }: Inventory,
  removed: readonly Package[],
  advisories: AdvisoryDatabase | Problem,
): Record<string, number> {
  if (advisories instanceof Problem) return {};
  const counts: Record<string, number> = {};
  for (const { matches } of matchPackages(advisories, {
    ...(distribution === undefined ? {} : { distribution }),
    packages: removed,
  })) {
    for (const match of matches) counts[match.package.type] = (counts[match.package.type] ?? 0) + 1;
  }
  return counts;
}

/**
 * Of one scope the shares of the base and of the application, for the reader; nothing where the base is not known.
 *
 * @param inventory - with its origins marked
 */
export function sharesOf(matched: ScopeMatches, inventory: Inventory): Record<string, string> {
  const types = new Set(matched.packageTypes);
  const own = inventory.packages.filter(({ type }) => types.has(type));
  const removed = (inventory.removed ?? []).filter(({ type }) => types.has(type)).length;
  const share = (origin: Package["origin"]): string => {
    const packages = own.filter((item) => item.origin === origin).length;
    const flaws = matched.matches.filter((match) => match.package.origin === origin).length;
    return `${counted(packages, "package")}, ${counted(flaws, "vulnerability", "vulnerabilities")}`;
  };
  return {
    ...(own.some(({ origin }) => origin !== undefined)
      ? { base: share("base"), application: share("application") }
      : {}),
    ...(removed === 0 ? {} : { "removed packages": String(removed) }),
  };
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
