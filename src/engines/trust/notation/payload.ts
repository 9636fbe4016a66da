/** What the Notary Project signs: a descriptor of an artifact (signature specification, "Payload"). */
import { type Digest, parseDigest } from "../../../core/digest.ts";
import { foldedKey, parseExactJson } from "../../../core/exact-json.ts";
import { isObject, type Untyped } from "../../../core/untyped.ts";
import { shown } from "../refusal.ts";
import { malformed } from "./envelope.ts";

export interface TargetArtifact {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  /** What the signer says of it. */
  readonly annotations: Readonly<Record<string, string>>;
}

const payloadFields = new Set(["targetArtifact"]);
const targetFields = new Set(["mediaType", "digest", "size", "annotations"]);

/** @throws a refusal: `trust.form` */
export function readPayload(bytes: Buffer): TargetArtifact {
  const json = parseExactJson(bytes);
  if ("fault" in json) throw malformed(shown(`the payload: ${json.fault}`));
  const payload = objectOf(json.value, payloadFields, "the payload");
  const target = objectOf(payload.targetArtifact, targetFields, "targetArtifact");
  const digest = parseDigest(target.digest);
  if (digest === undefined) throw malformed("targetArtifact.digest is not a digest");
  if (typeof target.mediaType !== "string") throw malformed("targetArtifact.mediaType is not a text");
  if (typeof target.size !== "number" || !Number.isSafeInteger(target.size) || target.size < 0) {
    throw malformed("targetArtifact.size is not a number of bytes");
  }
  return { mediaType: target.mediaType, digest, size: target.size, annotations: annotationsOf(target.annotations) };
}

function objectOf(value: unknown, fields: ReadonlySet<string>, what: string): Untyped {
  if (!isObject(value)) throw malformed(`${what} is not a JSON object`);
  const folded = foldedKey(value, fields);
  if (folded !== undefined) throw malformed(`${what} has ${shown(folded)} in another case`);
  return value;
}

function annotationsOf(value: unknown): Readonly<Record<string, string>> {
  if (value === undefined) return {};
  if (!isObject(value) || !Object.values(value).every((item) => typeof item === "string")) {
    throw malformed("targetArtifact.annotations are not texts");
  }
  return value as Readonly<Record<string, string>>;
}
