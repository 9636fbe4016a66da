/** A Sigstore trusted root: the JSON form of protobuf-specs' sigstore.trustroot.v1.TrustedRoot. */
import { parseExactJson } from "../../../core/exact-json.ts";
import { overJsonLimit } from "../../../core/json-cost.ts";
import { isObject } from "../../../core/untyped.ts";
import { bounds as trustBounds } from "../bounds.ts";
import type { SigstoreRoot } from "../model.ts";

/** `…trustedroot+json;version=0.1` and `…trustedroot.v0.2+json`: the same fields, under the new name as any v0. */
const MEDIA_TYPE = /^application\/vnd\.dev\.sigstore\.trustedroot(?:\+json;version=0\.[12]|\.v0\.[12]\+json)$/;

/**
 * Reads a trusted root as far as that it is one and names somebody; what its members say the verifier reads.
 *
 * @returns the document, or why it is none as a sentence about it
 */
export function readTrustedRoot(
  bytes: Uint8Array,
): { readonly document: SigstoreRoot["document"] } | { readonly fault: string } {
  if (overJsonLimit(bytes, { depth: trustBounds.jsonDepth }) !== undefined) {
    return { fault: `nested deeper than ${trustBounds.jsonDepth} levels` };
  }
  const parsed = parseExactJson(Buffer.from(bytes));
  if ("fault" in parsed) return { fault: parsed.fault };
  const { value } = parsed;
  if (!isObject(value)) return { fault: "not a JSON object" };
  if (typeof value.mediaType !== "string" || !MEDIA_TYPE.test(value.mediaType)) {
    return { fault: "not a Sigstore trusted root (its mediaType is another)" };
  }
  for (const list of ["tlogs", "certificateAuthorities", "ctlogs", "timestampAuthorities"]) {
    const members = value[list];
    if (members !== undefined && !Array.isArray(members)) return { fault: `${list} is not a list` };
  }
  // `cosign trusted-root create` without arguments makes one that trusts nobody: whoever uses it means something else.
  const lists = [value.tlogs, value.certificateAuthorities, value.timestampAuthorities] as readonly unknown[];
  if (lists.every((list) => !Array.isArray(list) || list.length === 0)) {
    return { fault: "names no certificate authority, no log and no timestamp authority" };
  }
  return { document: value };
}
