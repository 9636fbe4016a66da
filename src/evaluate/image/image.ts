/** What an image or another inventory holds, judged. */
import { knownVulnerabilities } from "../../checks/image/known-vulnerabilities.ts";
import type { Asset } from "../../core/asset.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { absent, type Evidence, gapOf, present } from "../../core/evidence.ts";
import type { LayerReference } from "../../core/location.ts";
import type { Policy } from "../../core/policy.ts";
import type { Problem } from "../../core/problem.ts";
import { runCheck } from "../../core/runner.ts";
import type { BaseImage, Inventory } from "../../engines/contents/model.ts";
import type { ScopeEvidence } from "../../engines/vulnerability/model.ts";
import type { VexDocument } from "../../engines/vulnerability/vex/model.ts";
import { evaluateEmbedded } from "../secrets/secrets.ts";
import { assessorOf } from "../vex/assess.ts";
import { evaluateBase, evaluateRemoved } from "./base.ts";
import { evaluateContents } from "./contents.ts";
import { evaluateFiles } from "./files.ts";

export interface ImageContext {
  readonly policy: Policy;
  readonly now: Date;
  /** What the caller vouches for. */
  readonly vex?: readonly VexDocument[];
}

/** The evaluations of an image that was found and could not be opened. */
export function evaluateUnopened(
  asset: Asset,
  problem: Problem,
  context: ImageContext & { readonly searchesSecrets: boolean },
): Evaluation[] {
  const gone = absent<never>(gapOf(problem));
  return [
    runCheck(
      knownVulnerabilities,
      { inventory: gone, vulnerabilities: gone, layers: gone },
      { asset, policy: context.policy, now: context.now },
    ),
    evaluateBase(asset, gone, context),
    ...(context.searchesSecrets ? [evaluateEmbedded(asset, gone, [], context)] : []),
  ];
}

/** What is known of the contents of an image, a root file system or a bill of materials. */
export interface ReadContents {
  readonly inventory: Evidence<Inventory>;
  /** What the advisories say of it. */
  readonly scopes: readonly ScopeEvidence[];
  /** Of what upper layers removed, by the type of package. */
  readonly removedVulnerabilities: Readonly<Record<string, number>>;
  readonly layers: readonly LayerReference[];
  /** Absent of what is no image. */
  readonly base?: Evidence<BaseImage>;
}

/** All evaluations of contents, from wherever they are. */
export function evaluateInventory(asset: Asset, read: ReadContents, context: ImageContext): Evaluation[] {
  const { inventory, scopes, removedVulnerabilities, layers, base } = read;
  const { policy, now, vex = [] } = context;
  const packages = inventory.state === "present" ? inventory.facts.packages : [];
  const assess = assessorOf(vex, asset, packages);
  const layerEvidence = present(layers, now.toISOString());
  const vulnerabilities = scopes.map(({ scope, inventory: own, evidence, looked }) =>
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
    ...evaluateRemoved(asset, inventory, layers, removedVulnerabilities, context),
    ...evaluateFiles(asset, inventory, layers, base, context),
  ];
}
