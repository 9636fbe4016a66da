import { parseReference, repositoryOf } from "../../engines/oci/reference.ts";
import { targetOf } from "../../engines/oci/target.ts";

/** What may stand in place of the reference: `registry.example.com/shop/api@sha256:…`; a layout has no name by digest. */
export function nameByDigest(reference: string, digest: string): string {
  const target = targetOf(reference);
  return target.scheme === "registry" ? `${repositoryOf(parseReference(target.at))}@${digest}` : reference;
}
