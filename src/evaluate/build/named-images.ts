/**
 * Images of which there is nothing but a name: what Dockerfiles are built on and workloads run, in a tree that holds no
 * built image of theirs. Controls 1, 2 and 9 speak of them, and none passes by them.
 */

import { chainOf } from "../../checks/build/dockerfile/stages.ts";
import { namedImageKind } from "../../checks/build/named-image-kind.ts";
import { namedImageChecks } from "../../checks/lists/named-image.ts";
import type { NamedBase, NamedImageFacts } from "../../checks/subjects/named-image.ts";
import { type ImageAsset, unopenedImage } from "../../core/asset.ts";
import { type Evaluation, unjudged } from "../../core/evaluation.ts";
import { absent, type Gap, present } from "../../core/evidence.ts";
import { splitImageName, wholeName } from "../../core/image-name.ts";
import type { LifecycleStepResult } from "../../core/lifecycle.ts";
import type { Location } from "../../core/location.ts";
import type { Policy } from "../../core/policy.ts";
import { runChecks } from "../../core/runner.ts";
import type { KnownBase } from "../../engines/contents/base/model.ts";
import { lifecycleByName } from "../../engines/contents/lifecycle/named.ts";
import { contentsByName } from "../../engines/contents/named/contents.ts";
import type { NamedContents } from "../../engines/contents/named/model.ts";
import type { Dockerfile, Origin } from "../../engines/dockerfile/model.ts";
import { locationWithin } from "../../engines/dockerfile/within.ts";
import { containersOf, locationOf, type Manifests } from "../../engines/kubernetes/model.ts";
import { repositoryNamed } from "../trust/matching.ts";

/** An image that nobody opened. */
export interface UnlookedImage {
  readonly asset: ImageAsset;
  readonly use: NamedBase["use"];
  /** What its content comes from, as far as that is named: `debian:12`, `scratch`; absent: nobody knows. */
  readonly name?: string;
  readonly places: readonly [Location, ...Location[]];
  /** Stages of the Dockerfile that the last one does not need: what may be built besides. */
  readonly targets?: readonly string[];
  /** What is known of its rebuilds, a part of a sentence. */
  readonly rebuilt?: string;
  /** The image of this name was scanned: what it says is judged there. */
  readonly scanned?: boolean;
  /** Why it was not looked at. */
  readonly gap: Gap;
}

export interface NamedImageContext {
  readonly policy: Policy;
  readonly now: Date;
  /** Base images that were learnt on this machine. */
  readonly bases?: Iterable<KnownBase>;
}

/**
 * What a Dockerfile builds by default: its last stage. Undefined where it has none.
 *
 * @param rebuild - what pipelines do to rebuild images; absent: none were read
 */
export function imageOfDockerfile(
  { path, within, stages }: Pick<Dockerfile, "path" | "within" | "stages">,
  rebuild?: LifecycleStepResult,
): UnlookedImage | undefined {
  const last = stages.at(-1);
  if (last === undefined) return undefined;
  const [{ from }] = chainOf({ stages }, last);
  const { range } = from.image;
  const name = nameOf(from.origin);
  const targets = stages.filter((stage) => !stage.needed).map((stage) => stage.name ?? String(stage.index));
  return {
    asset: unopenedImage(path, { path }),
    use: "built on",
    ...(name === undefined ? {} : { name }),
    places: [locationWithin(within, { kind: "file", path, line: range.line, column: range.column })],
    ...(targets.length === 0 ? {} : { targets }),
    ...rebuiltBy(rebuild),
    gap: notBuilt,
  };
}

/** A schedule that is there proves no rebuild, and none that was found proves none. */
function rebuiltBy(rebuild: LifecycleStepResult | undefined): Pick<UnlookedImage, "rebuilt"> {
  const place = rebuild?.places[0];
  switch (rebuild?.state) {
    case "exists":
    case "blocks":
      return { rebuilt: `whether its scheduled rebuild${placed(place)} brings newer packages was not seen` };
    case "theatre":
      return { rebuilt: `its scheduled rebuild${placed(place)} is without effect` };
    case "absent":
      return { rebuilt: "no scheduled rebuild found" };
    default:
      return {};
  }
}

function placed(place: Location | undefined): string {
  return place?.kind === "file" ? ` (${place.path})` : "";
}

/** Of a Dockerfile that could not be read. */
export function imageOfUnreadDockerfile(path: string): UnlookedImage {
  return {
    asset: unopenedImage(path, { path }),
    use: "built on",
    places: [{ kind: "file", path }],
    gap: { ...notBuilt, reason: `the image was not built, and its Dockerfile was not read` },
  };
}

const notBuilt: Gap = {
  code: "image.not-built",
  reason: "the image was not built: its content was not looked at",
  remedy: "build it and check the directory with it (an OCI layout or archive); --images pulls and scans its base",
};

const notOpened: Gap = {
  code: "image.not-opened",
  reason: "a manifest names the image: its content was not looked at",
  remedy: "--images pulls and scans it",
};

/** Undefined where a variable decides it. */
function nameOf(origin: Origin): string | undefined {
  if (origin.kind === "scratch") return "scratch";
  if (origin.kind !== "image") return undefined;
  const whole = wholeName(origin.name);
  return whole.includes("$") ? undefined : whole;
}

/** What workloads run, each image once with all of its places. What a variable decides is named as it is written. */
export function imagesOfManifests({ workloads }: Pick<Manifests, "workloads">): UnlookedImage[] {
  const places = new Map<string, [Location, ...Location[]]>();
  for (const { object, pod, podPath } of workloads) {
    for (const { container, path } of containersOf(pod)) {
      const { image } = container;
      if (image === undefined || image === "") continue;
      const place = locationOf(object, [...podPath, ...path, "image"]);
      const known = places.get(image);
      if (known === undefined) places.set(image, [place]);
      else known.push(place);
    }
  }
  return [...places].map(([image, at]) => ({
    asset: unopenedImage(image, { lineage: repositoryNamed(image) }),
    use: "run",
    ...(image.includes("$") ? {} : { name: image }),
    places: at,
    gap: notOpened,
  }));
}

/** Pure. Nothing passes by it: what was not looked at is unknown. */
export function evaluateNamedImage(image: UnlookedImage, context: NamedImageContext): Evaluation[] {
  const { asset, use, name, places, gap, targets = [], scanned = false } = image;
  const { policy, now } = context;
  const { rebuilt } = image;
  const others = [
    unjudged("image/known-vulnerabilities", asset, now, gap),
    unjudged("image/pending-updates", asset, now, {
      ...gap,
      reason: rebuilt === undefined ? gap.reason : `${gap.reason}, and ${rebuilt}`,
    }),
  ];
  if (scanned) return [unjudged(namedImageKind.id, asset, now, gap), ...others];
  const at = now.toISOString();
  const told = toldBy(name, context.bases);
  const named = { name: name ?? "", use, places };
  const lifecycle = lifecycleByName(told.releases, now);
  const { kind, why } = told;
  const unnamed: Gap = { code: "image.base-by-name", reason: `${name ?? asset.name}: ${why}` };
  return [
    ...runChecks<NamedImageFacts>(
      namedImageChecks,
      {
        base: kind === undefined ? absent(gap, unnamed) : present({ ...named, kind, why }, at, { gaps: [gap] }),
        ...(lifecycle?.state === "present"
          ? { releases: { ...lifecycle, facts: { ...named, lifecycle: lifecycle.facts } } }
          : {}),
      },
      {
        asset,
        policy,
        now,
        evidence: targets.length === 0 ? {} : { "targets not looked at": targets.join(", ") },
      },
    ),
    ...others,
  ];
}

function toldBy(name: string | undefined, bases: Iterable<KnownBase> | undefined): NamedContents {
  if (name === undefined) return { why: "a variable that has no default decides what it is", releases: [] };
  if (name === "scratch") return { kind: "scratch", why: "it is built on nothing", releases: [] };
  return contentsByName(splitImageName(name), bases);
}
