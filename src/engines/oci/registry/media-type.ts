import { parseJson } from "../../../core/parse-json.ts";
import { Problem } from "../../../core/problem.ts";
import { isObject } from "../../../core/untyped.ts";

const INDEX = "application/vnd.oci.image.index.v1+json";
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
const DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";

/** What we read; the order is the preference in Accept headers. */
export const manifestMediaTypes: readonly string[] = [INDEX, MANIFEST, DOCKER_LIST, DOCKER_MANIFEST];

/** Docker's first schema: it lists no config and no diffIDs, so nothing in it identifies the image. */
const SCHEMA_1: ReadonlySet<string> = new Set([
  "application/vnd.docker.distribution.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v1+prettyjws",
]);

/** Content types that say nothing of what the document is. */
const GENERIC: ReadonlySet<string> = new Set(["", "application/json", "text/plain", "application/octet-stream"]);

/**
 * Decides what a manifest is. The Content-Type counts; a document that names another type for itself is refused, since
 * two readers could then take the same digest for two different images (OCI image specification, "Document type").
 *
 * @throws Problem `registry.schema-1`, `registry.media-type`, `registry.answer` where it is not a JSON object
 */
export function manifestMediaType(contentType: string | undefined, bytes: Buffer, place: string): string {
  const [head = ""] = (contentType ?? "").split(";", 1);
  const header = head.trim().toLowerCase();
  const document = parseObject(bytes, place);
  if (SCHEMA_1.has(header) || document.schemaVersion === 1) {
    throw new Problem({
      kind: "input",
      code: "registry.schema-1",
      place,
      cause: "a manifest of docker's schema 1, which is not supported",
      remedy: "push the image again with a current docker or podman",
    });
  }
  const own = document.mediaType;
  const named = typeof own === "string" ? own : undefined;
  const served = GENERIC.has(header) ? (named ?? typeByShape(document)) : header;
  if (served === undefined || !manifestMediaTypes.includes(served)) {
    throw unsupported(place, `it is "${excerpt(served ?? header)}", which is not a manifest or index`);
  }
  if (named !== undefined && named !== served) {
    throw unsupported(place, `served as "${served}" and calls itself "${excerpt(named)}"`);
  }
  return served;
}

/** OCI allows both documents without a mediaType. */
function typeByShape(document: Readonly<Record<string, unknown>>): string | undefined {
  const index = Array.isArray(document.manifests);
  const manifest = Array.isArray(document.layers);
  if (index === manifest) return undefined;
  return index ? INDEX : MANIFEST;
}

function parseObject(bytes: Buffer, place: string): Readonly<Record<string, unknown>> {
  let document: unknown;
  try {
    document = parseJson(bytes.toString());
  } catch {
    document = undefined;
  }
  if (isObject(document)) return document;
  throw new Problem({ kind: "input", code: "registry.answer", place, cause: "not a JSON object" });
}

function unsupported(place: string, cause: string): Problem {
  return new Problem({ kind: "input", code: "registry.media-type", place, cause });
}

function excerpt(text: string): string {
  return text.length <= 100 ? text : `${text.slice(0, 100)}…`;
}
