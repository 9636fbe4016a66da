/**
 * Signatures, attestations and SBOMs: what they are about, told by what is in them. A layer that only says that it is one could
 * be anything: only what is a text, and no archive that a runtime could unpack, counts as one.
 */
import { isUtf8 } from "node:buffer";
import { type Digest, parseDigest } from "../../../core/digest.ts";
import { parseJson } from "../../../core/parse-json.ts";
import { isEvidenceProblem, Problem } from "../../../core/problem.ts";
import { createRecent } from "../../../core/recent.ts";
import { isObject, valueAt } from "../../../core/untyped.ts";
import { compressionOf } from "../../../engines/oci/compression.ts";
import type { ManifestContent } from "../../../engines/oci/distribution/content.ts";
import type { Descriptor } from "../../../engines/oci/model.ts";
import type { Repository } from "../../../engines/oci/referrers/repository.ts";
import { checkSumFits } from "../../../engines/oci/tar-header.ts";
import { bounds } from "./bounds.ts";

export interface Statement {
  /** Digests that it says it is about, each once; empty where it does not say. */
  readonly subjects: readonly Digest[];
}

export interface Statements {
  /** @returns a Problem where it could not be read, or is none */
  read(digest: Digest, content: ManifestContent, repository: Repository): Promise<Statement | Problem>;
}

/** `{}`: what artifacts have for a config. */
export const EMPTY_BLOB: Digest = parseDigest(
  "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
) as Digest;

export function createStatements(): Statements {
  const known = createRecent<Digest, Statement | Problem>(bounds.references);
  return {
    async read(digest, content, repository) {
      const found = known.get(digest);
      if (found !== undefined) return found;
      const statement = await readLayers(digest, content, repository);
      // What did not answer may a moment later.
      if (!(statement instanceof Problem) || statement.kind === "input") known.set(digest, statement, 1);
      return statement;
    },
  };
}

async function readLayers(digest: Digest, { layers, config, subject }: ManifestContent, repository: Repository) {
  const place = `${repository.place}@${digest}`;
  const subjects = new Set<Digest>(subject === undefined ? [] : [subject]);
  if (layers.length > bounds.statementLayers) return refused(place, `more than ${bounds.statementLayers} layers`);
  try {
    for (const layer of layers) {
      if (layer.size > bounds.statementBytes) return refused(place, `a layer over ${bounds.statementBytes} bytes`);
      const bytes = await repository.blob(layer);
      if (isText(bytes)) {
        if (subject === undefined) for (const one of subjectsOf(bytes)) subjects.add(one);
      } else if (!isEnvelope(layer, bytes, config)) {
        return refused(place, `its layer ${layer.digest} is not what its media type says`);
      }
    }
  } catch (error) {
    if (isEvidenceProblem(error)) return error;
    throw error;
  }
  return { subjects: [...subjects].slice(0, bounds.candidates) };
}

/** A text can be an archive at once, as far as those go who only look at its beginning: then it counts as one. */
function isText(bytes: Buffer): boolean {
  if (!isUtf8(bytes) || bytes.includes(0) || compressionOf(bytes.subarray(0, TAR_BLOCK)) !== "none") return false;
  const isBzip2 = bytes.subarray(0, 3).toString("latin1") === "BZh";
  return !isBzip2 && !(bytes.length >= TAR_BLOCK && checkSumFits(bytes, 0));
}

const TAR_BLOCK = 512;

/** COSE is no text: it is one of a few kilobytes, beside a config that makes no container. */
function isEnvelope({ mediaType }: Descriptor, bytes: Buffer, config: Descriptor | undefined): boolean {
  const COSE_SIGN1 = 0xd2;
  return mediaType === "application/cose" && bytes[0] === COSE_SIGN1 && config?.digest === EMPTY_BLOB;
}

/** What a payload says itself: simple signing, an in-toto statement, or one in a DSSE envelope or a bundle. */
export function subjectsOf(bytes: Buffer): Digest[] {
  const json = parsed(bytes.toString("utf8"));
  const simple = parseDigest(valueAt(json, ["critical", "image", "docker-manifest-digest"]));
  if (simple !== undefined) return [simple];
  const envelope = valueAt(json, ["dsseEnvelope", "payload"]) ?? valueAt(json, ["payload"]);
  const statement = typeof envelope === "string" ? parsed(Buffer.from(envelope, "base64").toString("utf8")) : json;
  const stated = valueAt(statement, ["subject"]);
  if (!Array.isArray(stated)) return [];
  return stated.slice(0, bounds.candidates).flatMap((one) => {
    const digests = valueAt(one, ["digest"]);
    if (!isObject(digests)) return [];
    return Object.entries(digests).flatMap(([algorithm, hex]) => parseDigest(`${algorithm}:${String(hex)}`) ?? []);
  });
}

function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

function refused(place: string, cause: string): Problem {
  return new Problem({ kind: "input", code: "registry.statement", place, cause });
}
