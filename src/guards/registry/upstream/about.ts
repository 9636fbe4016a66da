/** What is about an image and no image itself, told by its content: never by the tag that it has, or by what somebody says of it. */
import { type Digest, parseDigest } from "../../../core/digest.ts";
import { Problem } from "../../../core/problem.ts";
import { isImageConfig, type Manifest, parseIndexOrManifest } from "../../../engines/oci/document.ts";
import { parseArtifact } from "../../../engines/oci/referrers/artifact.ts";

/**
 * `about`: of which image, where it says so; cosign's signatures say it by their tag alone. Whatever a runtime could run is an
 * image, whatever else it claims to be.
 */
export type ManifestKind = { readonly kind: "image" } | { readonly kind: "about"; readonly subject?: Digest };

export function kindOf(bytes: Buffer, place: string): ManifestKind {
  try {
    const document = parseIndexOrManifest(bytes, place);
    if (document.kind === "index" || !isNoImage(document)) return { kind: "image" };
    const { subject } = parseArtifact(bytes, place, 0);
    if (subject !== undefined) return { kind: "about", subject };
    return isSignature(document) ? { kind: "about" } : { kind: "image" };
  } catch (error) {
    if (error instanceof Problem) return { kind: "image" };
    throw error;
  }
}

function isNoImage(document: Manifest): boolean {
  return isSignature(document) || !isImageConfig(document.config.mediaType);
}

/** Cosign's have an image's configuration. */
function isSignature({ layers }: Manifest): boolean {
  return layers.length > 0 && layers.every(({ mediaType }) => SIGNATURES.has(mediaType));
}

const SIGNATURES: ReadonlySet<string> = new Set([
  "application/vnd.dev.cosign.simplesigning.v1+json",
  "application/vnd.dsse.envelope.v1+json",
  "application/vnd.dev.sigstore.bundle.v0.3+json",
]);

/** The manifest that `sha256-HEX`, `.sig`, `.att` and the like are the tags for; undefined: it is a tag as any other. */
export function taggedSubject(tag: string): Digest | undefined {
  const [, algorithm, hex] = /^(sha256|sha512)-([0-9a-f]{64}|[0-9a-f]{128})(?:\.[a-z]{1,10})?$/.exec(tag) ?? [];
  return parseDigest(`${algorithm}:${hex}`);
}
