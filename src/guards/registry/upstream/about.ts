/** What is about an image and no image itself, told by its content: never by the tag that it has, or by what somebody says of it. */
import type { Digest } from "../../../core/digest.ts";
import { Problem } from "../../../core/problem.ts";
import { isStatement, type ManifestContent, readManifestContent } from "../../../engines/oci/distribution/content.ts";

/**
 * `about`: of which image, where it says so; cosign's signatures say it by their tag alone. Whatever a runtime could run is an
 * image, whatever else it claims to be.
 */
export type ManifestKind = { readonly kind: "image" } | { readonly kind: "about"; readonly subject?: Digest };

export function kindOf(bytes: Buffer, place: string): ManifestKind {
  try {
    const content = readManifestContent(bytes, place);
    const { subject } = content;
    if (isStatement(content)) return { kind: "about", ...(subject === undefined ? {} : { subject }) };
    return subject === undefined || mayRun(content) ? { kind: "image" } : { kind: "about", subject };
  } catch (error) {
    if (error instanceof Problem) return { kind: "image" };
    throw error;
  }
}

/** Some runtimes go by the configuration's type, and containerd by the layers' alone. */
function mayRun({ kind, layers }: ManifestContent): boolean {
  return kind !== "artifact" || layers.some(({ mediaType }) => LAYERS.test(mediaType));
}

const LAYERS = /^application\/vnd\.(?:oci\.image\.layer|docker\.image\.rootfs|docker\.container\.image\.rootfs)/i;
