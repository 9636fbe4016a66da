/** `check DIR --images`: what Dockerfiles are built on and manifests run, pulled by name and scanned. */
import type { Evaluation } from "../core/evaluation.ts";
import { type Gap, gapOf } from "../core/evidence.ts";
import { asProblem, Problem } from "../core/problem.ts";
import { type OpenOptions, openImage } from "../engines/oci/open.ts";
import { evaluateNamedImage, type UnlookedImage } from "../evaluate/build/named-images.ts";
import { bounds } from "./bounds.ts";
import type { ScanContext } from "./context.ts";
import { scanImage } from "./image.ts";

/**
 * What could be pulled is judged by its contents, and no longer by its name. A Dockerfile's image stays unknown: what is
 * added to its base nobody saw.
 *
 * @returns what is judged of the images, those that could not be pulled by their names
 */
export async function scanPulledNames(
  images: readonly UnlookedImage[],
  context: ScanContext & { readonly open: OpenOptions },
): Promise<Evaluation[]> {
  const names = new Set(images.flatMap(({ name }) => (name === undefined || name === "scratch" ? [] : [name])));
  const evaluations: Evaluation[] = [];
  const failed = new Map<string, Gap>();
  for (const [nth, name] of [...names].entries()) {
    try {
      if (nth >= bounds.pulledNames) throw tooMany(name);
      evaluations.push(...(await scanName(name, context)));
    } catch (error) {
      const problem = asProblem(error, name);
      if (!(problem instanceof Problem)) throw problem;
      failed.set(name, gapOf(problem));
    }
  }
  const { policy, now, bases } = context;
  for (const image of images) {
    const { name, use, gap } = image;
    const why = name === undefined ? undefined : failed.get(name);
    const isPulled = name !== undefined && names.has(name) && why === undefined;
    if (isPulled && use === "run") continue;
    const reason = isPulled
      ? `the image was not built: its base ${name} was scanned, and what is added to it was not looked at`
      : why === undefined
        ? gap.reason
        : `${gap.reason} (${why.reason})`;
    evaluations.push(
      ...evaluateNamedImage(
        { ...image, gap: { ...gap, reason }, scanned: isPulled },
        { policy, now, bases: bases?.values() ?? [] },
      ),
    );
  }
  return evaluations;
}

async function scanName(name: string, context: ScanContext & { readonly open: OpenOptions }): Promise<Evaluation[]> {
  // A file of the tree may have the name.
  const named = await openImage(`registry:${name}`, context.open);
  try {
    return await scanImage({ ...named, name }, context);
  } finally {
    await named.image.store.close();
  }
}

function tooMany(name: string): Problem {
  const cause = `more than ${bounds.pulledNames} images are named: this one is not pulled`;
  return new Problem({ kind: "input", code: "image.names", place: name, cause });
}
