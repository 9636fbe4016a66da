/** From a named image or folder to its evaluations: evidence gathered, checks run. */
import { knownVulnerabilities } from "../../checks/image/known-vulnerabilities.ts";
import type { Asset } from "../../core/asset.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { absent, type Evidence, present } from "../../core/evidence.ts";
import type { LayerReference } from "../../core/location.ts";
import type { Policy } from "../../core/policy.ts";
import { Problem } from "../../core/problem.ts";
import { runCheck } from "../../core/runner.ts";
import type { Inventory, PackageType } from "../../engines/contents/model.ts";
import type { OpenImage } from "../../engines/oci/image.ts";
import type { NamedImage } from "../../engines/oci/open.ts";
import type { AdvisoryDatabase } from "../../engines/vulnerability/database/open.ts";
import { matchPackages } from "../../engines/vulnerability/matching.ts";
import type { ScopeMatches } from "../../engines/vulnerability/model.ts";
import type { VexDocument } from "../../engines/vulnerability/vex/model.ts";
import { assessorOf } from "../vex.ts";
import { gapOf, type InventoryContext, inventoryOfFolder, inventoryOfImage } from "./inventory.ts";

export interface EvaluateContext extends InventoryContext {
  readonly policy: Policy;
  /** The database, or why there is none. */
  readonly advisories: AdvisoryDatabase | Problem;
  /** What the caller vouches for. */
  readonly vex?: readonly VexDocument[];
}

const DAY = 24 * 60 * 60 * 1000;

/** All evaluations of one image: one for each ecosystem and release that it has packages of. */
export async function evaluateImage(named: NamedImage, context: EvaluateContext): Promise<Evaluation[]> {
  const { image } = named;
  const inventory = await inventoryOfImage(image, context);
  const asset = imageAsset({ ...image, ...named }, context.now);
  return evaluateInventory(asset, inventory, layersOf(image), context);
}

/** What identifies an image, and what it is called. */
type IdentifiedImage = Pick<NamedImage, "name" | "lineage" | "reference"> &
  Pick<OpenImage, "configDigest" | "manifestDigest" | "indexDigest">;

export function imageAsset(image: IdentifiedImage, now: Date): Asset {
  const { name, lineage, reference, configDigest, manifestDigest, indexDigest } = image;
  return {
    kind: "image",
    id: configDigest,
    identifiedBy: "config",
    lineage,
    name,
    references: [
      {
        reference,
        ...(manifestDigest === undefined ? {} : { manifestDigest }),
        ...(indexDigest === undefined ? {} : { indexDigest }),
        observedAt: now.toISOString(),
      },
    ],
  };
}

export function layersOf({ layers }: OpenImage): LayerReference[] {
  return layers.map(({ index, diffId, history }) => ({
    index,
    of: layers.length,
    diffId,
    ...(history === undefined ? {} : { instruction: history.createdBy, historyIndex: history.index }),
  }));
}

/** All evaluations of a folder that is a root file system. */
export async function evaluateFolder(root: string, name: string, context: EvaluateContext): Promise<Evaluation[]> {
  const asset: Asset = { kind: "rootfs", id: root, lineage: name, name };
  return evaluateInventory(asset, await inventoryOfFolder(root, context), [], context);
}

/** The evaluation of an image that was found and could not be opened. */
export function evaluateUnopened(asset: Asset, problem: Problem, context: EvaluateContext): Evaluation {
  const gone = absent<never>(gapOf(problem));
  return runCheck(
    knownVulnerabilities,
    { inventory: gone, vulnerabilities: gone, layers: gone },
    { asset, policy: context.policy, now: context.now },
  );
}

/** All evaluations of an inventory, from wherever it is. */
export function evaluateInventory(
  asset: Asset,
  inventory: Evidence<Inventory>,
  layers: readonly LayerReference[],
  context: EvaluateContext,
): Evaluation[] {
  const { policy, now, vex = [] } = context;
  const packages = inventory.state === "present" ? inventory.facts.packages : [];
  const assess = assessorOf(vex, asset, packages);
  const layerEvidence = present(layers, now.toISOString());
  return scopesOf(inventory, context).map(({ scope, inventory: own, evidence, looked }) =>
    runCheck(
      knownVulnerabilities,
      { inventory: own, vulnerabilities: evidence, layers: layerEvidence },
      { asset, policy, now, assess, evidence: looked, ...(scope === undefined ? {} : { scope }) },
    ),
  );
}

/** One scope to judge. */
export interface ScopeEvidence {
  readonly scope?: string;
  /** The whole inventory, with the gaps alone that concern the scope. */
  readonly inventory: Evidence<Inventory>;
  readonly evidence: Evidence<ScopeMatches>;
  /** For the reader: how many packages, whose advisories. */
  readonly looked: Readonly<Record<string, string>>;
}

/** What the advisories say of an inventory, scope by scope. */
export function scopesOf(inventory: Evidence<Inventory>, context: EvaluateContext): ScopeEvidence[] {
  if (inventory.state === "absent") return [{ inventory, evidence: absent(inventory.gaps[0]), looked: {} }];
  const { gaps } = inventory;
  const { packages } = inventory.facts;
  if (packages.length === 0 && gaps.length === 0)
    return [{ inventory, evidence: nothingToMatch, looked: { packages: "0" } }];
  if (context.advisories instanceof Problem)
    return [{ inventory, evidence: absent(gapOf(context.advisories)), looked: { packages: String(packages.length) } }];
  const matches = matchPackages(context.advisories, inventory.facts);
  const scopes = matches.map(
    (matched): ScopeEvidence => ({
      scope: matched.scope,
      inventory: {
        ...inventory,
        gaps: gaps.filter(({ concerns }) => concerns === undefined || speaksFor(matched, concerns)),
      },
      evidence: evidenceOf(matched, context),
      looked: lookedAt(matched),
    }),
  );
  // A database that could not be read may leave no package of its type, and so no scope to speak for it.
  const orphans = gaps.filter(({ concerns }) =>
    concerns === undefined ? scopes.length === 0 : !matches.some((matched) => speaksFor(matched, concerns)),
  );
  for (const [concerns, own] of Map.groupBy(orphans, (gap) => gap.concerns)) {
    const [first] = own;
    if (first === undefined) continue;
    scopes.push({
      ...(concerns === undefined ? {} : { scope: concerns }),
      inventory: { ...inventory, gaps: own },
      evidence: absent(first),
      looked: { packages: "0" },
    });
  }
  return scopes;
}

const distributionTypes: ReadonlySet<string> = new Set<PackageType>(["deb", "apk", "rpm"]);

/** A scope without a package is its distribution's, whose database is what is missing. */
function speaksFor({ packages, packageTypes }: ScopeMatches, concerns: string): boolean {
  return packageTypes.includes(concerns as PackageType) || (packages === 0 && distributionTypes.has(concerns));
}

function lookedAt({ packages, coverage }: ScopeMatches): Record<string, string> {
  const sources = coverage.map(({ source, asOf }) => `${source} as of ${asOf.slice(0, 10)}`);
  return { packages: String(packages), advisories: sources.length === 0 ? "none" : [...new Set(sources)].join(", ") };
}

/** What the database says counts from its source's own date on, for as long as the policy says. */
function evidenceOf(matched: ScopeMatches, { policy, now }: EvaluateContext): Evidence<ScopeMatches> {
  if (matched.asOf === undefined) return present(matched, now.toISOString(), { gaps: matched.gaps });
  const asOf = new Date(matched.asOf);
  return present(matched, asOf.toISOString(), {
    gaps: matched.gaps,
    validUntil: new Date(asOf.getTime() + policy.advisories.maxAgeDays * DAY).toISOString(),
  });
}

/** Nothing found is no proof of nothing there: a static binary has no package database either. */
const nothingToMatch: Evidence<ScopeMatches> = absent({
  code: "contents.no-packages",
  reason: "no packages were found: what is in it is not known",
});
