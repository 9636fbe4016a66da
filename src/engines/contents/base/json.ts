import { parseDigest } from "../../../core/digest.ts";
import { bounds as ociBounds } from "../../oci/bounds.ts";
import { bounds as contentsBounds } from "../bounds.ts";
import type { BaseImage, Confidence, RecognisedBy } from "./model.ts";
import { baseKinds } from "./model.ts";

const RECOGNISED_BY: readonly RecognisedBy[] = ["chain", "annotation", "history", "os-release", "contents"];
const CONFIDENCES: readonly Confidence[] = ["certain", "stated", "likely", "guess"];

/** A base as `JSON.stringify` wrote it; undefined where the value is none. */
export function baseOfJson(value: unknown): BaseImage | undefined {
  const { kind, name, digest, layers, by, confidence, created, why } = (value ?? {}) as Record<string, unknown>;
  const known = {
    kind: baseKinds.find((each) => each === kind),
    by: RECOGNISED_BY.find((each) => each === by),
    confidence: CONFIDENCES.find((each) => each === confidence),
  };
  if (known.kind === undefined || known.by === undefined || known.confidence === undefined) return undefined;
  if (typeof layers !== "number" || !Number.isInteger(layers) || layers < 0 || layers > ociBounds.layers)
    return undefined;
  if (!isText(why) || (name !== undefined && !isText(name)) || (created !== undefined && !isTime(created))) {
    return undefined;
  }
  const stated = parseDigest(digest);
  if (digest !== undefined && stated === undefined) return undefined;
  return {
    kind: known.kind,
    ...(name === undefined ? {} : { name }),
    ...(stated === undefined ? {} : { digest: stated }),
    layers,
    by: known.by,
    confidence: known.confidence,
    ...(created === undefined ? {} : { created }),
    why,
  };
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.length <= 2 * contentsBounds.declaredTextLength;
}

function isTime(value: unknown): value is string {
  return isText(value) && !Number.isNaN(Date.parse(value));
}
