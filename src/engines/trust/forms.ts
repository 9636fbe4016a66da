/**
 * By which media types signatures are known: cosign's (SIGNATURE_SPEC.md), Sigstore bundles' (BUNDLE_SPEC.md), notation's
 * (signature-specification.md).
 */
export const mediaTypes = {
  /** The payload that is signed. */
  simpleSigning: "application/vnd.dev.cosign.simplesigning.v1+json",
  /** Of the config of cosign's referrers. */
  cosignArtifact: "application/vnd.dev.cosign.artifact.sig.v1+json",
  dsse: "application/vnd.dsse.envelope.v1+json",
  /** As written; {@link isBundle} takes those of earlier versions too. */
  bundle: "application/vnd.dev.sigstore.bundle.v0.3+json",
  notation: "application/vnd.cncf.notary.signature",
  jws: "application/jose+json",
  cose: "application/cose",
  empty: "application/vnd.oci.empty.v1+json",
} as const;

/** `…bundle.v0.3+json`, `…bundle+json;version=0.2`. */
export function isBundle(mediaType: string): boolean {
  return /^application\/vnd\.dev\.sigstore\.bundle(?:\.v[0-9.]{1,8})?\+json(?:;|$)/.test(mediaType);
}

/** cosign's annotations of a layer. */
export const annotations = {
  signature: "dev.cosignproject.cosign/signature",
  certificate: "dev.sigstore.cosign/certificate",
  chain: "dev.sigstore.cosign/chain",
  rekorBundle: "dev.sigstore.cosign/bundle",
  timestamp: "dev.sigstore.cosign/rfc3161timestamp",
  predicateType: "predicateType",
} as const;

/** Of a statement that says no more than that the image is signed. */
export const signPredicateType = "https://sigstore.dev/cosign/sign/v1";

/** False where what a registry says of an artifact tells that it is something else: an SBOM, a scan, another tool's. */
export function mayBeSignature(artifactType: string | undefined): boolean {
  if (artifactType === undefined || artifactType === "") return true;
  return isSignatureType(artifactType) || untold.has(artifactType);
}

export function isSignatureType(artifactType: string): boolean {
  return isBundle(artifactType) || signatureTypes.has(artifactType);
}

const signatureTypes: ReadonlySet<string> = new Set([
  mediaTypes.cosignArtifact,
  mediaTypes.simpleSigning,
  mediaTypes.dsse,
  mediaTypes.notation,
]);

/** Types of a config that say nothing of the artifact; some registries list them where the manifest has a type of its own. */
const untold: ReadonlySet<string> = new Set([
  mediaTypes.empty,
  "application/vnd.oci.image.config.v1+json",
  "application/vnd.docker.container.image.v1+json",
]);
