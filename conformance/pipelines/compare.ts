/** Labels of a folder of pipelines held against what the checks find there. */

/** One line of labels.jsonl: a place at which an audit of another program finds something. */
export interface Label {
  /** Relative to the folder, with forward slashes. */
  readonly path: string;
  /** zizmor's or glsec's id. */
  readonly audit: string;
  /** From 1. */
  readonly line: number;
}

/** A finding of ours, with all places that it names. */
export interface Found {
  readonly path: string;
  readonly check: string;
  readonly lines: readonly number[];
  readonly title: string;
}

export interface AuditScore {
  readonly audit: string;
  readonly checks: readonly string[];
  readonly found: readonly Label[];
  readonly missed: readonly Label[];
}

export interface Comparison {
  /** Of every audit that is labelled, by its id. */
  readonly audits: readonly AuditScore[];
  /** Labels of audits that no check here answers. */
  readonly unanswered: readonly Label[];
  /** Findings of checks that answer a labelled audit, at places that no such label names. */
  readonly beyond: readonly Found[];
  /** Of those same checks, how many findings a label names. */
  readonly matched: number;
}

/**
 * A label counts as found where a finding of a check that answers its audit names its line, or a line of the block that
 * begins there, or the header of the block scalar that its line is in: programs differ in whether they point at a key or at
 * what is below it.
 *
 * @param texts - the files' text by path, for their indentation
 */
export function compare(
  labels: readonly Label[],
  found: readonly Found[],
  checksOf: ReadonlyMap<string, readonly string[]>,
  texts: ReadonlyMap<string, string>,
): Comparison {
  const byPath = Map.groupBy(found, ({ path }) => path);
  const lines = new Map([...texts].map(([path, text]) => [path, text.split("\n")]));
  const matched = new Set<Found>();
  const unanswered: Label[] = [];
  const scores = new Map<string, { found: Label[]; missed: Label[] }>();
  for (const label of labels) {
    const checks = checksOf.get(label.audit);
    if (checks === undefined) {
      unanswered.push(label);
      continue;
    }
    const score = scores.get(label.audit) ?? { found: [], missed: [] };
    scores.set(label.audit, score);
    const text = lines.get(label.path) ?? [];
    const last = blockEnd(text, label.line);
    const isAt = (line: number): boolean =>
      (line >= label.line && line <= last) || isWithinScalar(text, label.line, line);
    const hits = (byPath.get(label.path) ?? []).filter((one) => checks.includes(one.check) && one.lines.some(isAt));
    for (const hit of hits) matched.add(hit);
    (hits.length > 0 ? score.found : score.missed).push(label);
  }
  const answering = new Set([...scores.keys()].flatMap((audit) => checksOf.get(audit) ?? []));
  const asked = found.filter(({ check }) => answering.has(check));
  return {
    audits: [...scores]
      .map(([audit, score]) => ({ audit, checks: checksOf.get(audit) ?? [], ...score }))
      .sort((a, b) => (a.audit < b.audit ? -1 : 1)),
    unanswered,
    beyond: asked.filter((one) => !matched.has(one)),
    matched: matched.size,
  };
}

/** The last line that is indented deeper than this one, or stands on it. A list's dash is no indentation of its own. */
function blockEnd(lines: readonly string[], line: number): number {
  const own = indentOf(lines[line - 1] ?? "");
  let last = line;
  for (let next = line + 1; next <= lines.length; next++) {
    const text = lines[next - 1] ?? "";
    if (text.trim() === "") continue;
    if (indentOf(text) <= own) break;
    last = next;
  }
  return last;
}

/** The label is on a line of the block scalar whose header the finding names. */
function isWithinScalar(lines: readonly string[], label: number, header: number): boolean {
  return (
    header < label && /[|>][-+0-9]*$/.test((lines[header - 1] ?? "").trimEnd()) && blockEnd(lines, header) >= label
  );
}

function indentOf(text: string): number {
  return text.length - text.trimStart().length;
}

export const recallOf = ({ found, missed }: Pick<AuditScore, "found" | "missed">): number =>
  found.length / Math.max(1, found.length + missed.length);
