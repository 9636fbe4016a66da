/** Payloads of simple signing as cosign makes them (github.com/sigstore/cosign, specs/SIGNATURE_SPEC.md). */
import { type Digest, parseDigest } from "../../core/digest.ts";
import { membersOf, parseJson } from "./json.ts";
import type { SignedContent } from "./model.ts";
import { refused, shown } from "./refusal.ts";
import { annotationsOf } from "./statement.ts";

const TYPE = "cosign container image signature";

/** The repository that it names (`docker-reference`) is not read: a signature counts for the digest, wherever it is copied. */
export function readSimpleSigning(payload: Uint8Array): { readonly digest: Digest; readonly content: SignedContent } {
  const members = membersOf(parseJson(payload, "the payload"), "");
  const critical = members.object("critical");
  const type = critical.text("type");
  if (type !== TYPE) throw refused("trust.unsupported", `payload of the type ${shown(type)}`);
  const written = critical.object("image").text("docker-manifest-digest");
  const digest = parseDigest(written);
  if (digest === undefined) throw refused("trust.form", `${shown(written)} is not a digest`);
  return { digest, content: { kind: "image", digest, annotations: annotationsOf(members.any("optional")) } };
}
