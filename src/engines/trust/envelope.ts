/** From a layer of a manifest to the envelope that its bytes are. */
import { parseJson } from "../../core/parse-json.ts";
import { valueAt } from "../../core/untyped.ts";
import type { Descriptor } from "../oci/model.ts";
import { annotations, isBundle, mediaTypes, signPredicateType } from "./forms.ts";
import type { CosignAnnotations, Envelope, SignatureForm, SignaturePlace } from "./model.ts";

export type LayerReader = (bytes: Uint8Array) => Envelope;

/**
 * How a layer's bytes are to be read; undefined where it is no signature.
 *
 * @param types - of the artifact: what JOSE and COSE are for, their layers do not say
 */
export function layerReader(layer: Descriptor, types: readonly string[]): LayerReader | undefined {
  const { mediaType } = layer;
  const named = layer.annotations ?? {};
  if (mediaType === mediaTypes.simpleSigning) {
    const signature = named[annotations.signature] ?? "";
    return (payload) => ({ kind: "simple-signing", payload, signature, ...cosignAnnotations(named) });
  }
  if (mediaType === mediaTypes.dsse) return (bytes) => ({ kind: "dsse", bytes, ...cosignAnnotations(named) });
  if (isBundle(mediaType)) return (bytes) => ({ kind: "bundle", bytes });
  if (!types.includes(mediaTypes.notation)) return undefined;
  if (mediaType === mediaTypes.jws) return (bytes) => ({ kind: "jws", bytes });
  if (mediaType === mediaTypes.cose) return (bytes) => ({ kind: "cose", bytes });
  return undefined;
}

function cosignAnnotations(named: Readonly<Record<string, string>>): CosignAnnotations {
  const found: Record<string, string> = {};
  for (const key of ["certificate", "chain", "rekorBundle", "timestamp"] as const) {
    const text = named[annotations[key]];
    if (text !== undefined && text !== "") found[key] = text;
  }
  return found;
}

export function formOf(envelope: Envelope, by: SignaturePlace["by"]): SignatureForm {
  switch (envelope.kind) {
    case "simple-signing":
      return by === "tag" || by === "file" ? "cosign-sig" : "cosign-referrer";
    case "dsse":
      return "cosign-att";
    case "bundle":
      return saysOnlySigned(envelope.bytes) ? "bundle-signature" : "bundle-attestation";
    case "jws":
      return "notation-jws";
    case "cose":
      return "notation-cose";
  }
}

/** A statement that an image is signed has no predicate to speak of: what is larger is not parsed for this. */
const SIGNED_BYTES = 256 * 1024;

/** By its content, since annotations are anybody's. What cannot be read is left to the verifier. */
function saysOnlySigned(bytes: Uint8Array): boolean {
  if (bytes.length > SIGNED_BYTES) return false;
  try {
    const bundle: unknown = parseJson(Buffer.from(bytes).toString());
    if (valueAt(bundle, ["messageSignature"]) !== undefined) return true;
    const payload = valueAt(bundle, ["dsseEnvelope", "payload"]);
    if (typeof payload !== "string") return false;
    const statement: unknown = parseJson(Buffer.from(payload, "base64").toString());
    return valueAt(statement, ["predicateType"]) === signPredicateType;
  } catch {
    return false;
  }
}
