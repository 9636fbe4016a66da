/** Who signed an image, and what the rules make of it: read, then decided. */
import { collectTrust, type TrustOptions } from "../collect/trust/image-trust.ts";
import { type CollectedMaterial, collectMaterial, type MaterialPlaces } from "../collect/trust/material.ts";
import type { TrustMemory } from "../collect/trust/memory.ts";
import { Problem } from "../core/problem.ts";
import type { RegistryOptions } from "../engines/oci/registry/options.ts";
import type { AppliedRule, DecisionRules, ImageDecision } from "../engines/trust/decision-model.ts";
import type { ImageTrust, Signer, Statement } from "../engines/trust/model.ts";
import { type JudgedProvenance, judgeProvenance } from "../engines/trust/provenance/judge.ts";
import type { TrustRules } from "../engines/trust/rules-model.ts";
import { buildersOf } from "../evaluate/trust/attestations.ts";
import { trustDecider } from "../evaluate/trust/decide.ts";
import { rulesFor } from "../evaluate/trust/matching.ts";
import { type FoundScans, scanFinder } from "../evaluate/trust/scans.ts";
import { knownSigners } from "../evaluate/trust/signers.ts";

/** Rules with the keys, authorities and roots that they name. */
export interface OpenedTrust {
  readonly rules: DecisionRules;
  /** By those rules, which are made ready once for all images. */
  readonly decide: (image: ImageTrust, now: Date) => ImageDecision;
  /** Which bills of materials and scan reports count by them. */
  readonly scansOf: (image: ImageTrust, now: Date) => FoundScans;
  /** Those that are about a repository. */
  readonly rulesAbout: (repository: string) => readonly AppliedRule[];
  readonly collected: CollectedMaterial;
}

/** How signatures of many images are looked up and judged. */
export interface TrustLookup {
  readonly opened: OpenedTrust;
  readonly memory: TrustMemory;
  readonly registry: RegistryOptions;
}

/** @throws Problem (usage) where a file that the rules name cannot be read */
export async function openTrust(trust: TrustRules, vouched: boolean, places: MaterialPlaces): Promise<OpenedTrust> {
  const collected = await collectMaterial(trust, places);
  const keys = new Map(collected.material.keys.map(({ name, fingerprint }) => [name, fingerprint]));
  return readyTrust({ trust, vouched, keys }, collected);
}

/** Rules made ready for many images. */
export function readyTrust(rules: DecisionRules, collected: CollectedMaterial): OpenedTrust {
  return {
    rules,
    decide: trustDecider(rules),
    scansOf: scanFinder(rules),
    rulesAbout: rulesFor(rules),
    collected,
  };
}

export interface VerifiedImage {
  readonly image: ImageTrust;
  readonly decision: ImageDecision;
}

/**
 * @param platform - `linux/arm64`: of an index the image for it alone; absent: the index with all its images
 * @throws Problem where the reference cannot be resolved: nothing is known of any digest then
 */
export async function verifyImage(
  reference: string,
  { decide, collected }: OpenedTrust,
  { platform, ...options }: Omit<TrustOptions, "material"> & { readonly platform?: string },
): Promise<VerifiedImage> {
  const whole = await collectTrust(reference, { ...options, material: collected.material });
  const image = platform === undefined ? whole : forPlatform(whole, platform);
  return { image, decision: decide(image, options.now) };
}

/** A runtime pulls that image by its own digest: what is signed of the index says nothing of it. */
function forPlatform(image: ImageTrust, platform: string): ImageTrust {
  if (image.children.length === 0) return image;
  const child = image.children.find((each) => each.platform === platform || each.platform?.startsWith(`${platform}/`));
  if (child !== undefined) return { ...image, subject: child, children: [] };
  const there = image.children.map((each) => each.platform ?? each.digest);
  throw new Problem({
    kind: "usage",
    code: "oci.platform",
    place: image.reference,
    cause: `no image for ${platform}`,
    remedy: `--platform with one of ${[...new Set(there)].join(", ")}`,
  });
}

/** What provenance comes to by the builders that the rules and this program know, without what a rule asks beyond. */
export function buildJudge({ rules }: OpenedTrust): (statement: Statement, signer: Signer) => JudgedProvenance {
  const builders = buildersOf(rules.trust.builders, knownSigners(rules));
  // A signer whom the rules name says whose build it is.
  return (statement, signer) => judgeProvenance(statement, signer, { signedBy: [] }, builders);
}
