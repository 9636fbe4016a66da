/** A manifest about another one, read as an artifact (OCI image specification 1.1, manifest.md): whatever its layers are. */
import { type Digest, parseDigest } from "../../../core/digest.ts";
import { Problem } from "../../../core/problem.ts";
import { descriptor, object, parseJson } from "../document.ts";
import type { Descriptor } from "../model.ts";

export interface Artifact {
  /** Its own artifactType and its config's media type, as far as it has them: the one stands in for the other. */
  readonly types: readonly string[];
  readonly subject?: Digest;
  /** At most as many as were asked for. */
  readonly layers: readonly Descriptor[];
  /** Layers behind those. */
  readonly more: number;
}

/** In another case one of these would be read by Go, and not here. */
const FIELDS: ReadonlySet<string> = new Set(["mediaType", "artifactType", "config", "layers", "subject", "manifests"]);
const DESCRIPTOR_FIELDS: ReadonlySet<string> = new Set(["mediaType", "digest", "size", "artifactType"]);

/** @throws Problem `oci.document` where it is no manifest, `oci.ambiguous` where readers would part */
export function parseArtifact(bytes: Buffer, place: string, most: number): Artifact {
  const malformed = (cause: string) => new Problem({ kind: "input", code: "oci.document", place, cause });
  const json = object(parseJson(bytes, place), FIELDS, place);
  if (json === undefined) throw malformed("not a JSON object");
  if (json.manifests !== undefined) throw malformed("an index, not a manifest");
  const { layers } = json;
  if (!Array.isArray(layers)) throw malformed("no layers");
  const config = object(json.config, DESCRIPTOR_FIELDS, `${place}, config`);
  const subject = object(json.subject, DESCRIPTOR_FIELDS, `${place}, subject`);
  const about = parseDigest(subject?.digest);
  const types = [json.artifactType, config?.mediaType].filter((type) => typeof type === "string" && type !== "");
  return {
    types: types as string[],
    ...(about === undefined ? {} : { subject: about }),
    layers: layers.slice(0, most).map((item, i) => descriptor(item, `${place}, layers[${i}]`)),
    more: Math.max(0, layers.length - most),
  };
}
