/** Images of a tree that nobody built there: Dockerfiles that made none of its images, and what manifests run. */
import { counted, someOf } from "../core/counted.ts";
import type { Evaluation } from "../core/evaluation.ts";
import type { Evaluations } from "../core/evaluations.ts";
import type { LifecycleStepResult } from "../core/lifecycle.ts";
import { printable } from "../core/printable.ts";
import type { Dockerfile } from "../engines/dockerfile/model.ts";
import type { Manifests } from "../engines/kubernetes/model.ts";
import type { OpenOptions } from "../engines/oci/open.ts";
import {
  evaluateNamedImage,
  imageOfDockerfile,
  imageOfUnreadDockerfile,
  imagesOfManifests,
  type UnlookedImage,
} from "../evaluate/build/named-images.ts";
import type { StepLineLookup } from "../evaluate/image/dockerfile-lines.ts";
import type { ScanContext } from "./context.ts";

/** Looks up as `stepLines` does, and notes from which Dockerfiles images were built. */
export function builtFrom(stepLines: StepLineLookup): {
  readonly stepLines: StepLineLookup;
  /** Grows with each image that is looked up. */
  readonly paths: ReadonlySet<string>;
} {
  const paths = new Set<string>();
  return {
    paths,
    stepLines(history) {
      const lines = stepLines(history);
      for (const { path } of lines.values()) paths.add(path);
      return lines;
    },
  };
}

/** Images that are named in a note. */
const NAMED = 4;

interface UnbuiltContext extends ScanContext {
  readonly open: OpenOptions;
  /** Pull what is named. */
  readonly pulls: boolean;
  /** Dockerfiles that images of the tree were built from. */
  readonly built: ReadonlySet<string>;
  /** What pipelines do to rebuild images; absent: none were read. */
  readonly rebuild?: LifecycleStepResult;
  /** Of the tree's images. */
  readonly evaluations: Evaluations;
}

/**
 * Where the tree holds images, or its cluster was read beside it, those are what the controls count: of what is named
 * besides only what is found is kept, and a note says what was not looked at. Else the names are all that there is, and
 * leave the controls unknown.
 *
 * @param paths - of all Dockerfiles, those that could not be read included
 */
export async function scanUnbuilt(
  paths: readonly string[],
  dockerfiles: readonly Dockerfile[],
  manifests: Pick<Manifests, "workloads">,
  context: UnbuiltContext,
): Promise<{ readonly evaluations: readonly Evaluation[]; readonly notes: readonly string[] }> {
  const { policy, now, bases, deployed, pulls, built, rebuild, evaluations } = context;
  const read = new Map(dockerfiles.map((dockerfile) => [dockerfile.path, dockerfile]));
  const opened = namesOpened(evaluations);
  const images = [
    ...paths
      .filter((path) => !built.has(path))
      .flatMap((path) => {
        const dockerfile = read.get(path);
        return dockerfile === undefined
          ? imageOfUnreadDockerfile(path)
          : (imageOfDockerfile(dockerfile, rebuild) ?? []);
      }),
    ...imagesOfManifests(manifests).filter(({ asset }) => !opened.has(asset.id)),
  ];
  if (pulls && deployed === undefined) {
    const { scanPulledNames } = await import("./pulled-names.ts");
    return { evaluations: await scanPulledNames(images, context), notes: [] };
  }
  const known = bases === undefined ? [] : [...bases.values()];
  const judged = images.flatMap((image) => evaluateNamedImage(image, { policy, now, bases: known }));
  if (opened.size === 0 && deployed === undefined) return { evaluations: judged, notes: [] };
  const found = judged.filter(({ findings, excepted }) => findings.length > 0 || excepted.length > 0);
  return { evaluations: found, notes: images.length === 0 ? [] : [unlookedNote(images)] };
}

function unlookedNote(images: readonly UnlookedImage[]): string {
  const names = images.map(({ asset }) => printable(asset.name));
  return `${counted(images.length, "image")} named by Dockerfiles and manifests not looked at: ${someOf(names, NAMED)}`;
}

/** What the tree's own images are called. */
function namesOpened(evaluations: Evaluations): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { asset } of evaluations) {
    if (asset.kind !== "image" || asset.identifiedBy === "reference") continue;
    names.add(asset.name);
    for (const { reference } of asset.references) names.add(reference);
  }
  return names;
}
