/** The list of bases that were read before, as a JSON document. */

import { parseDigest } from "../../../core/digest.ts";
import { compareText } from "../../../core/order.ts";
import { parseJson } from "../../../core/parse-json.ts";
import { Problem } from "../../../core/problem.ts";
import { bounds as ociBounds } from "../../oci/bounds.ts";
import { bounds as contentsBounds } from "../bounds.ts";
import { bounds } from "./bounds.ts";
import type { KnownBase } from "./model.ts";
import { baseKinds } from "./model.ts";
import type { KnownBases } from "./recognise.ts";

const SCHEMA = "bulkhead/bases/v1";

/** Sorted by name, then by chain id, so that the same bases give the same bytes. */
export function formatKnownBases(bases: Iterable<KnownBase>): string {
  const sorted = [...bases].sort((a, b) => compareText(a.name, b.name) || compareText(a.chainId, b.chainId));
  return `${JSON.stringify({ schema: SCHEMA, bases: sorted }, null, 2)}\n`;
}

/** @throws Problem `bases.document` where it is none; an entry that cannot be read ends it too, for none may be lost */
export function parseKnownBases(text: string, place: string): KnownBase[] {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    throw broken(place, `not JSON: ${(error as Error).message}`);
  }
  const { schema, bases } = (value ?? {}) as { schema?: unknown; bases?: unknown };
  if (schema !== SCHEMA || !Array.isArray(bases)) throw broken(place, `no list of bases of ${SCHEMA}`);
  if (bases.length > bounds.knownBases) throw broken(place, `more than ${bounds.knownBases} bases`);
  return bases.map((item: unknown, i) => {
    const base = knownBase(item);
    if (base === undefined) throw broken(place, `bases[${i}] is none`);
    return base;
  });
}

function knownBase(value: unknown): KnownBase | undefined {
  const { name, digest, chainId, layers, kind, created } = (value ?? {}) as Record<string, unknown>;
  const chain = parseDigest(chainId);
  const stated = parseDigest(digest);
  const known = baseKinds.find((each) => each === kind);
  if (typeof name !== "string" || name === "" || name.length > contentsBounds.declaredTextLength) return undefined;
  if (chain === undefined || known === undefined) return undefined;
  if (!Number.isInteger(layers) || (layers as number) < 1 || (layers as number) > ociBounds.layers) return undefined;
  return {
    name,
    ...(stated === undefined ? {} : { digest: stated }),
    chainId: chain,
    layers: layers as number,
    kind: known,
    ...(typeof created === "string" && !Number.isNaN(Date.parse(created)) ? { created } : {}),
  };
}

/** Where two have one chain of layers the first by name stands for both. */
export function knownBases(bases: readonly KnownBase[]): KnownBases {
  const sorted = [...bases].sort((a, b) => compareText(a.name, b.name));
  return new Map(sorted.reverse().map((base) => [base.chainId, base]));
}

function broken(place: string, cause: string): Problem {
  return new Problem({
    ...{ kind: "input", code: "bases.document", place, cause },
    remedy: "remove the file and run `bulkhead image base --learn REFERENCE` again",
  });
}
