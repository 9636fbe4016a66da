/** From a named image or folder to its evaluations: evidence gathered, checks run. */
import { ambiguousDocument } from "../../checks/image/ambiguous-document.ts";
import { knownVulnerabilities } from "../../checks/image/known-vulnerabilities.ts";
import type { Asset, ImageAsset } from "../../core/asset.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { absent, type Evidence, present } from "../../core/evidence.ts";
import type { LayerReference } from "../../core/location.ts";
import type { Policy } from "../../core/policy.ts";
import { Problem } from "../../core/problem.ts";
import { runCheck } from "../../core/runner.ts";
import { type KnownBases, withOrigins } from "../../engines/contents/base/recognise.ts";
import type { BaseImage, Inventory, PackageType } from "../../engines/contents/model.ts";
import { AMBIGUOUS } from "../../engines/oci/document.ts";
import type { OpenImage } from "../../engines/oci/image.ts";
import type { NamedImage } from "../../engines/oci/open.ts";
import type { SecretsFound } from "../../engines/secrets/model.ts";
import type { BuildDates } from "../../engines/updates/model.ts";
import type { AdvisoryDatabase } from "../../engines/vulnerability/database/open.ts";
import { matchPackages } from "../../engines/vulnerability/matching.ts";
import type { ScopeMatches } from "../../engines/vulnerability/model.ts";
import type { VexDocument } from "../../engines/vulnerability/vex/model.ts";
import { evaluateEmbedded } from "../secrets/evaluate.ts";
import { maskSecrets } from "../secrets/mask.ts";
import { secretsOfRoot } from "../secrets/root-folder.ts";
import { sourceFilesOfFolder, sourceFilesOfImage } from "../source-files.ts";
import { evaluateRebuild, type UpdateLookup } from "../updates.ts";
import { assessorOf } from "../vex.ts";
import { baseOfImage, evaluateBase, evaluateRemoved, sharesOf } from "./base.ts";
import { evaluateConfiguration } from "./configuration-checks.ts";
import { evaluateContents } from "./contents-checks.ts";
import type { StepLineLookup } from "./dockerfile-lines.ts";
import { evaluateFiles } from "./file-checks.ts";
import { contentsOfImage, gapOf, type InventoryContext, inventoryOfFolder } from "./inventory.ts";

export interface EvaluateContext extends InventoryContext {
  readonly policy: Policy;
  /** The database, or why there is none. */
  readonly advisories: AdvisoryDatabase | Problem;
  /** What the caller vouches for. */
  readonly vex?: readonly VexDocument[];
  /** Base images that were learnt on this machine. */
  readonly bases?: KnownBases;
  /** How pending updates are looked up; absent: they are not. */
  readonly updates?: UpdateLookup;
  /** Finds the lines of the Dockerfile that an image was built from; absent: no Dockerfiles are known. */
  readonly stepLines?: StepLineLookup;
  /** True: an image's age is judged where its updates are not looked up. */
  readonly judgesAge?: boolean;
}

const DAY = 24 * 60 * 60 * 1000;

/**
 * All evaluations of one image: one for each ecosystem and release that it has packages of.
 *
 * @param place - where it lies in the tree under review; absent: the caller named it
 */
export async function evaluateImage(
  named: NamedImage,
  context: EvaluateContext,
  place?: string,
): Promise<Evaluation[]> {
  const { image } = named;
  const { inventory, secrets } = await contentsOfImage(image, context);
  const met = imageAsset({ ...image, ...named }, context.now);
  const asset = place === undefined ? met : { ...met, place };
  const base = baseOfImage(image, inventory, context);
  const layers = layersOf(image, context);
  return [
    ...evaluateInventory(asset, inventory, layers, context, base),
    ...evaluateConfiguration(asset, { config: image.config, inventory, base, layers }, context),
    ...(secrets === undefined
      ? []
      : [evaluateEmbedded(asset, withStepLines(secrets, image, context), layers, context)]),
    ...(await evaluateRebuild(
      asset,
      inventory,
      buildDates(image, base),
      () => sourceFilesOfImage(image, context.signal),
      context,
    )),
  ];
}

/** Secrets of the configuration with the lines of the Dockerfile that state them. */
function withStepLines(
  secrets: Evidence<SecretsFound>,
  { config }: OpenImage,
  { stepLines }: EvaluateContext,
): Evidence<SecretsFound> {
  if (secrets.state === "absent" || stepLines === undefined) return secrets;
  const lines = stepLines(config.history);
  const placed = secrets.facts.secrets.map((secret) => {
    const dockerfile = secret.step === undefined ? undefined : lines.get(secret.step);
    return dockerfile === undefined ? secret : { ...secret, dockerfile };
  });
  return { ...secrets, facts: { ...secrets.facts, secrets: placed } };
}

export function buildDates({ config: { created } }: Pick<OpenImage, "config">, base: Evidence<BaseImage>): BuildDates {
  // From scratch there is nothing below to grow old.
  const scratch = base.state === "present" && base.facts.kind === "scratch";
  const below = scratch ? created : base.state === "present" ? base.facts.created : undefined;
  return { ...(created === undefined ? {} : { image: created }), ...(below === undefined ? {} : { base: below }) };
}

/** What identifies an image, and what it is called. */
type IdentifiedImage = Pick<NamedImage, "name" | "lineage" | "reference"> &
  Pick<OpenImage, "configDigest" | "manifestDigest" | "indexDigest">;

export function imageAsset(image: IdentifiedImage, now: Date): ImageAsset {
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

/** The layers for reports. Secrets in the instructions are not shown where they are looked for. */
export function layersOf(
  { layers, config }: OpenImage,
  { stepLines, secrets }: Pick<EvaluateContext, "stepLines" | "secrets"> = {},
): LayerReference[] {
  const lines = stepLines?.(config.history);
  const shown = (createdBy: string) => (secrets === undefined ? createdBy : maskSecrets(createdBy, secrets.scanner));
  return layers.map(({ index, diffId, history }) => {
    const dockerfile = history === undefined ? undefined : lines?.get(history.index);
    return {
      index,
      of: layers.length,
      diffId,
      ...(history === undefined ? {} : { instruction: shown(history.createdBy), historyIndex: history.index }),
      ...(dockerfile === undefined ? {} : { dockerfile }),
    };
  });
}

/** All evaluations of a folder that is a root file system. */
export async function evaluateFolder(root: string, name: string, context: EvaluateContext): Promise<Evaluation[]> {
  const asset: Asset = { kind: "rootfs", id: root, lineage: name, name };
  const inventory = await inventoryOfFolder(root, context);
  return [
    ...evaluateInventory(asset, inventory, [], context),
    ...(context.secrets === undefined
      ? []
      : [evaluateEmbedded(asset, await secretsOfRoot(root, { ...context, secrets: context.secrets }), [], context)]),
    ...(await evaluateRebuild(asset, inventory, {}, async () => sourceFilesOfFolder(root), context)),
  ];
}

/** The evaluations of an image that was found and could not be opened. */
export function evaluateUnopened(asset: Asset, problem: Problem, context: EvaluateContext): Evaluation[] {
  const gone = absent<never>(gapOf(problem));
  const { policy, now } = context;
  return [
    ...(problem.code === AMBIGUOUS ? [evaluateAmbiguity(asset, problem, { policy, now })] : []),
    runCheck(
      knownVulnerabilities,
      { inventory: gone, vulnerabilities: gone, layers: gone },
      { asset, policy: context.policy, now: context.now },
    ),
    evaluateBase(asset, gone, context),
    ...(context.secrets === undefined ? [] : [evaluateEmbedded(asset, gone, [], context)]),
  ];
}

/** Who makes an image that is two has something to hide: beside all that is unknown of it, that is a finding. */
function evaluateAmbiguity(
  asset: Asset,
  { place, message }: Problem,
  { policy, now }: Pick<EvaluateContext, "policy" | "now">,
): Evaluation {
  // Its digest and the field: where the image lies, the asset says.
  const ambiguity = present({ place: place.slice(place.indexOf("@") + 1), cause: message }, now.toISOString());
  return runCheck(ambiguousDocument, { ambiguity }, { asset, policy, now });
}

/**
 * All evaluations of an inventory, from wherever it is.
 *
 * @param base - absent from the arguments: of what is no image
 */
export function evaluateInventory(
  asset: Asset,
  read: Evidence<Inventory>,
  layers: readonly LayerReference[],
  context: EvaluateContext,
  base?: Evidence<BaseImage>,
): Evaluation[] {
  const inventory =
    read.state === "present" && base?.state === "present"
      ? { ...read, facts: withOrigins(read.facts, base.facts) }
      : read;
  const { policy, now, vex = [] } = context;
  const packages = inventory.state === "present" ? inventory.facts.packages : [];
  const assess = assessorOf(vex, asset, packages);
  const layerEvidence = present(layers, now.toISOString());
  const vulnerabilities = scopesOf(inventory, context).map(({ scope, inventory: own, evidence, looked }) =>
    runCheck(
      knownVulnerabilities,
      { inventory: own, vulnerabilities: evidence, layers: layerEvidence },
      { asset, policy, now, assess, evidence: looked, ...(scope === undefined ? {} : { scope }) },
    ),
  );
  return [
    ...vulnerabilities,
    ...evaluateContents(asset, inventory, layers, context),
    ...(base === undefined ? [] : [evaluateBase(asset, base, context)]),
    ...evaluateRemoved(asset, inventory, layers, context),
    ...evaluateFiles(asset, inventory, layers, base, context),
  ];
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
      looked: { ...lookedAt(matched), ...sharesOf(matched, inventory.facts) },
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
