/** What manifests hold, read once: content by digest does not change. */
import type { Digest } from "../../../core/digest.ts";
import { isEvidenceProblem, Problem } from "../../../core/problem.ts";
import { createRecent } from "../../../core/recent.ts";
import { type ManifestContent, readManifestContent } from "../../../engines/oci/distribution/content.ts";
import type { StoredManifest } from "../model.ts";
import { bounds } from "./bounds.ts";

/** @returns a Problem for what is no manifest, or not the same to all readers of it */
export type ReadContent = (manifest: StoredManifest) => ManifestContent | Problem;

export function contentReader(): ReadContent {
  const known = createRecent<Digest, ManifestContent | Problem>(bounds.contentBytes);
  return (manifest) => {
    const found = known.get(manifest.digest);
    if (found !== undefined) return found;
    const content = read(manifest);
    // As objects it is about as large again.
    known.set(manifest.digest, content, content instanceof Problem ? 1_024 : 512 + 2 * manifest.bytes.length);
    return content;
  };
}

function read({ digest, bytes }: StoredManifest): ManifestContent | Problem {
  try {
    return readManifestContent(bytes, digest);
  } catch (error) {
    if (isEvidenceProblem(error)) return error;
    throw error;
  }
}
