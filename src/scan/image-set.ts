/** All images of one layout or archive. */
import { unopenedImage } from "../core/asset.ts";
import type { Evaluation } from "../core/evaluation.ts";
import { asProblem, Problem } from "../core/problem.ts";
import { type OpenOptions, openImageSet, schemeOf } from "../engines/oci/open.ts";
import type { ScanContext } from "./context.ts";
import type { ForeignPlatforms } from "./foreign-platforms.ts";
import { scanImage, scanUnopened } from "./image.ts";

/**
 * All evaluations of the images at a path. One that is broken is unknown, and stops no other.
 *
 * @param shown - the path in the tree under review, and what an image in it is called that has a tag alone for a name
 */
export async function scanImageSet(
  path: string,
  shown: string,
  context: ScanContext & { readonly open: OpenOptions; readonly foreign?: ForeignPlatforms },
): Promise<Evaluation[]> {
  const unopened = (error: unknown, name: string, nth?: number): Evaluation[] => {
    const problem = asProblem(error, name);
    if (!(problem instanceof Problem)) throw problem;
    // By its path: what it is called is its author's word.
    return scanUnopened(
      unopenedImage(nth === undefined ? shown : `${shown}#${nth}`, { path: shown }),
      problem,
      context,
    );
  };
  try {
    const set = await openImageSet(path, context.open);
    try {
      const evaluations: Evaluation[] = [];
      for (const [nth, entry] of set.entries.entries()) {
        const name = nameOf(shown, entry.name);
        try {
          const named = await entry.open();
          context.foreign?.add(name, named.image.config.platform);
          const place = named.partOfFile === undefined ? {} : { path: shown + named.partOfFile };
          const written = writtenOf(path, set.entries.length > 1 ? entry.name : undefined);
          evaluations.push(...(await scanImage({ ...named, ...place, name }, context, shown, written)));
        } catch (error) {
          evaluations.push(...unopened(error, name, set.entries.length > 1 ? nth : undefined));
        }
      }
      return evaluations;
    } finally {
      await set.close();
    }
  } catch (error) {
    return unopened(error, shown);
  }
}

/** By which its own signatures are found in a layout. */
function writtenOf(path: string, name: string | undefined): string {
  return `${schemeOf(path)}:${path}${name === undefined ? "" : `:${name}`}`;
}

/** A name that states a repository says enough; a bare tag needs the path. */
function nameOf(shown: string, name: string): string {
  return name.includes("/") || name.includes(":") ? name : shown;
}
