/**
 * A scan as rows and back. What the evaluations of a scan have in common, and what each scan says anew (when it was observed, on
 * what it rests), is kept once beside them: a row is the same as long as the verdict and its reasons are, and is not written again.
 */
import { createHash } from "node:crypto";
import type { Asset } from "../core/asset.ts";
import type { Basis } from "../core/basis.ts";
import type { Evaluation, Verdict } from "../core/evaluation.ts";
import { parseJson } from "../core/parse-json.ts";
import { Problem } from "../core/problem.ts";
import type { Relation } from "../core/relation.ts";
import type { ScannedImage } from "./model.ts";

export interface EvaluationRow {
  readonly key: string;
  readonly position: number;
  readonly checkId: string;
  readonly verdict: Verdict;
  readonly body: string;
}

export interface RelationRow {
  readonly type: string;
  readonly fromKind: string;
  readonly fromId: string;
  readonly toKind: string;
  readonly toId: string;
  readonly body: string;
}

export interface ScanRows {
  readonly shared: string;
  /** Of the evaluations' rows: where it is what it was, none of them differs. */
  readonly contents: string;
  readonly evaluations: readonly EvaluationRow[];
  readonly relations: readonly RelationRow[];
}

interface Shared {
  readonly assets: readonly Asset[];
  readonly bases: readonly Basis[];
  readonly times: readonly string[];
}

/** Asset, basis (-1: none), time, and the rest. */
type Body = readonly [number, number, number, Omit<Evaluation, "asset" | "basis" | "observedAt">];

/** Of one image, as JSON: a hundred times what an image with many findings has. */
export const MAX_SCAN_BYTES = 64 * 2 ** 20;

/** @throws {Problem} `store.too-large` */
export function rowsOf({ repository, digest, evaluations, relations }: ScannedImage): ScanRows {
  const assets = numbered<Asset>();
  const bases = numbered<Basis>();
  const times = numbered<string>();
  const keys = new Map<string, number>();
  let bytes = 0;
  const rows = evaluations.map((evaluation, position): EvaluationRow => {
    const { asset, basis, observedAt, ...rest } = evaluation;
    const body: Body = [assets.of(asset), basis === undefined ? -1 : bases.of(basis), times.of(observedAt), rest];
    const text = JSON.stringify(body);
    bytes += text.length;
    if (bytes > MAX_SCAN_BYTES) throw tooLarge(`${repository}@${digest}`);
    return {
      key: keyOf(evaluation, keys),
      position,
      checkId: evaluation.check,
      verdict: evaluation.verdict,
      body: text,
    };
  });
  const shared: Shared = { assets: assets.all, bases: bases.all, times: times.all };
  return {
    shared: JSON.stringify(shared),
    contents: digestOf(rows),
    evaluations: rows,
    relations: relations.map((relation) => ({
      type: relation.type,
      fromKind: relation.from.kind,
      fromId: storable(relation.from.id),
      toKind: relation.to.kind,
      toId: storable(relation.to.id),
      body: JSON.stringify(relation),
    })),
  };
}

/**
 * @param shared - as {@link rowsOf} made it
 * @param bodies - a JSON list of the evaluations' bodies in their order
 */
export function evaluationsOf(shared: string, bodies: string): Evaluation[] {
  const { assets, bases, times } = parseJson(shared) as Shared;
  return (parseJson(bodies) as Body[]).map(([asset, basis, time, rest]) => ({
    ...rest,
    asset: assets[asset] as Asset,
    ...(basis === -1 ? {} : { basis: bases[basis] as Basis }),
    observedAt: times[time] as string,
  }));
}

/** @param bodies - a JSON list of the relations in their order */
export function relationsOf(bodies: string): Relation[] {
  return parseJson(bodies) as Relation[];
}

/** The same evaluation of the next scan has the same: check, asset and scope; several of these are told apart by their order. */
function keyOf({ check, asset, scope }: Evaluation, keys: Map<string, number>): string {
  const what = JSON.stringify([check, asset.kind, asset.id, scope ?? null]);
  const nth = keys.get(what) ?? 0;
  keys.set(what, nth + 1);
  return createHash("sha256").update(`${nth} ${what}`).digest("base64url");
}

function digestOf(rows: readonly EvaluationRow[]): string {
  const hash = createHash("sha256");
  for (const { key, body } of rows) hash.update(`${key}${body.length} ${body}`);
  return hash.digest("base64url");
}

/** Values that are equal as JSON have one number. */
function numbered<T>(): { readonly all: readonly T[]; of(value: T): number } {
  const all: T[] = [];
  const objects = new Map<T, number>();
  const texts = new Map<string, number>();
  return {
    all,
    of: (value) => {
      const known = objects.get(value);
      if (known !== undefined) return known;
      const text = JSON.stringify(value);
      const number = texts.get(text) ?? all.push(value) - 1;
      texts.set(text, number);
      objects.set(value, number);
      return number;
    },
  };
}

/** A column's text for comparing: PostgreSQL has no NUL and no lone surrogates. The body keeps what was said, escaped. */
export function storable(text: string): string {
  return text.replaceAll("\0", "\ufffd").toWellFormed();
}

function tooLarge(place: string): Problem {
  return new Problem({
    kind: "input",
    code: "store.too-large",
    place,
    cause: `the evaluations are larger than ${MAX_SCAN_BYTES / 2 ** 20} MiB`,
  });
}
