/** Images of a tree that nobody built there: Dockerfiles that made none of its images, and what manifests run. */
import type { Evaluation } from "../core/evaluation.ts";
import type { Evaluations } from "../core/evaluations.ts";
import type { Dockerfile } from "../engines/dockerfile/model.ts";
import type { Manifests } from "../engines/kubernetes/model.ts";
import {
  evaluateNamedImage,
  imageOfDockerfile,
  imageOfUnreadDockerfile,
  imagesOfManifests,
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

/**
 * @param paths - of all Dockerfiles, those that could not be read included
 * @param context - with what was evaluated of the tree's images
 */
export function scanUnbuilt(
  paths: readonly string[],
  dockerfiles: readonly Dockerfile[],
  manifests: Pick<Manifests, "workloads">,
  { policy, now, bases, built, evaluations }: Pick<ScanContext, "policy" | "now" | "bases"> & {
    /** Dockerfiles that images of the tree were built from. */
    readonly built: ReadonlySet<string>;
    readonly evaluations: Evaluations;
  },
): Evaluation[] {
  const read = new Map(dockerfiles.map((dockerfile) => [dockerfile.path, dockerfile]));
  const opened = namesOpened(evaluations);
  const images = [
    ...paths
      .filter((path) => !built.has(path))
      .flatMap((path) => {
        const dockerfile = read.get(path);
        return dockerfile === undefined ? imageOfUnreadDockerfile(path) : (imageOfDockerfile(dockerfile) ?? []);
      }),
    ...imagesOfManifests(manifests).filter(({ asset }) => !opened.has(asset.id)),
  ];
  const known = bases === undefined ? [] : [...bases.values()];
  return images.flatMap((image) => evaluateNamedImage(image, { policy, now, bases: known }));
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
