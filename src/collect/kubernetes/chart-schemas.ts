/** Schemas of a chart's values: helm fetches what they refer to, by whatever address (JSON Schema, `$ref`). */

import { parseJson } from "../../core/parse-json.ts";
import { readBoundedText } from "../tree/text-file.ts";
import { bounds } from "./bounds.ts";

/** Fields that name another schema. */
const REFERENCES: ReadonlySet<string> = new Set(["$ref", "$dynamicRef", "$recursiveRef", "$schema", "$id", "id"]);

/** The schemas that every validator brings with it. */
const OWN = /^https?:\/\/json-schema\.org\/(?:draft-0[3-7]\/schema|draft\/20(?:19-09|20-12)\/schema)#?$/;

/** Whether to validate by it reads nothing but the schema itself; false for what is not known. */
export function staysInside(file: string): boolean {
  const text = readBoundedText(file, bounds.kustomizationBytes);
  if (text === undefined) return false;
  let pending: unknown[];
  try {
    pending = [parseJson(text)];
  } catch {
    return false;
  }
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (typeof next !== "object" || next === null) continue;
    for (const [key, value] of Object.entries(next)) {
      if (REFERENCES.has(key) && typeof value === "string" && !value.startsWith("#") && !OWN.test(value)) return false;
      pending.push(value);
    }
  }
  return true;
}
