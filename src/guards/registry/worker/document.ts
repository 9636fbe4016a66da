/**
 * What is kept of a manifest, from which it is judged anew without its layers: the reading of an image, the images of an index,
 * or why something is no image.
 */
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { type Digest, parseDigest } from "../../../core/digest.ts";
import { parseJson } from "../../../core/parse-json.ts";
import { Problem } from "../../../core/problem.ts";
import { isObject } from "../../../core/untyped.ts";
import type { ImageReading } from "../../../scan/image-reading.ts";
import { bounds } from "./bounds.ts";

export type KeptDocument =
  | {
      readonly kind: "image";
      /** Of what read the layers: where another would read them now, they are read again. */
      readonly key: string;
      readonly reading: ImageReading;
    }
  | { readonly kind: "index"; readonly images: readonly Digest[] }
  | { readonly kind: "unreadable"; readonly why: Why };

/** A Problem that outlives the process. */
export interface Why {
  readonly code: string;
  readonly place: string;
  readonly cause: string;
  readonly remedy?: string;
}

/** Raised when what is kept changes its meaning: what is of another format is scanned again. */
const FORMAT = 1;

const compress = promisify(gzip);
const decompress = promisify(gunzip);

export async function encodeDocument(document: KeptDocument): Promise<Buffer> {
  return await compress(JSON.stringify({ format: FORMAT, ...document }), { level: 4 });
}

/** @throws Problem `registry.document` where it is of another format, broken or over the bound */
export async function decodeDocument(bytes: Buffer, place: string): Promise<KeptDocument> {
  let kept: unknown;
  try {
    kept = parseJson((await decompress(bytes, { maxOutputLength: bounds.documentBytes })).toString("utf8"));
  } catch (error) {
    throw unreadable(place, `cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  const document = documentOf(kept);
  if (document === undefined) throw unreadable(place, "of another version of this program");
  return document;
}

function documentOf(kept: unknown): KeptDocument | undefined {
  if (!isObject(kept) || kept.format !== FORMAT) return undefined;
  switch (kept.kind) {
    case "image":
      if (typeof kept.key !== "string" || !isObject(kept.reading)) return undefined;
      return { kind: "image", key: kept.key, reading: kept.reading as unknown as ImageReading };
    case "index": {
      const images = Array.isArray(kept.images) ? kept.images.map(parseDigest) : [undefined];
      return images.includes(undefined) ? undefined : { kind: "index", images: images as Digest[] };
    }
    case "unreadable":
      return isObject(kept.why) ? { kind: "unreadable", why: kept.why as unknown as Why } : undefined;
    default:
      return undefined;
  }
}

export function whyOf({ code, place, message, remedy }: Problem): Why {
  return { code, place, cause: message, ...(remedy === undefined ? {} : { remedy }) };
}

export function problemOf(why: Why): Problem {
  return new Problem({ kind: "input", ...why });
}

function unreadable(place: string, cause: string): Problem {
  return new Problem({ kind: "input", code: "registry.document", place, cause, remedy: "the image is scanned again" });
}
