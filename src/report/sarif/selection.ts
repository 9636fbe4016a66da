import { deflateRawSync } from "node:zlib";
import type { Evaluation } from "../../core/evaluation.ts";
import type { ExceptionUse } from "../../core/exception.ts";
import type { Finding } from "../../core/finding.ts";
import { severityRank } from "../../core/severity.ts";
import { limits } from "./limits.ts";

/** What becomes a result. */
export interface Entry {
  readonly evaluation: Evaluation;
  /** Absent: the evaluation has no answer. */
  readonly finding?: Finding;
  readonly state: "new" | "unchanged" | "excepted" | "unknown";
  readonly exception?: ExceptionUse;
}

/** The results in the order of the evaluations; where there are more than fit, the worst of them. */
export interface Selection {
  readonly entries: readonly Entry[];
  readonly left: number;
}

export function select(evaluations: Iterable<Evaluation>, most: number = limits.results): Selection {
  const entries: Entry[] = [];
  for (const evaluation of evaluations) {
    // One by one: of one evaluation there may be more than a call takes arguments.
    for (const entry of entriesOf(evaluation)) entries.push(entry);
  }
  if (entries.length <= most) return { entries, left: 0 };
  return { entries: entries.toSorted((a, b) => rank(a) - rank(b)).slice(0, most), left: entries.length - most };
}

function* entriesOf(evaluation: Evaluation): Generator<Entry> {
  for (const finding of evaluation.findings) yield { evaluation, finding, state: "new" };
  for (const { finding } of evaluation.baselined ?? []) yield { evaluation, finding, state: "unchanged" };
  for (const { finding, exception } of evaluation.excepted) yield { evaluation, finding, state: "excepted", exception };
  if (evaluation.verdict === "unknown") yield { evaluation, state: "unknown" };
}

/** What fails comes first, then what is unknown, since that may hide worse; what does not count is last. */
function rank({ finding, state }: Entry): number {
  if (finding === undefined) return 10;
  const severity = severityRank(finding.severity);
  if (state === "new") return (finding.overThreshold ? 0 : 20) + severity;
  return (state === "unchanged" ? 40 : 60) + severity;
}

/** Characters of text that are compressed at once. */
const BLOCK = 1024 * 1024;

export interface Fitted {
  readonly items: Generator<object>;
  /** How many did not fit: asked once the last item was taken. */
  readonly left: () => number;
}

/**
 * The items up to where their JSON is too long once it is compressed. Blocks of a megabyte are compressed each on its own,
 * which never says less than the whole takes.
 *
 * @param before - what stands in the log beside them
 */
export function fitted(items: Iterable<object>, before: object, most: number = limits.compressedBytes): Fitted {
  let left = 0;
  return { items: taken(), left: () => left };

  function* taken(): Generator<object> {
    let room = most - compressedBytes(JSON.stringify(before), most);
    let block: object[] = [];
    let texts: string[] = [];
    let length = 0;
    let full = false;
    for (const item of items) {
      if (full) {
        left++;
        continue;
      }
      const text = JSON.stringify(item);
      block.push(item);
      texts.push(text);
      length += text.length;
      if (length < BLOCK) continue;
      full = !spend();
      if (!full) yield* block;
      block = [];
      texts = [];
      length = 0;
    }
    if (block.length > 0 && spend()) yield* block;

    function spend(): boolean {
      room -= compressedBytes(texts.join(), room);
      if (room < 0) left += block.length;
      return room >= 0;
    }
  }
}

/** Not compressed where it fits however badly that works: most logs are short. */
function compressedBytes(text: string, room: number): number {
  const bytes = Buffer.byteLength(text);
  return bytes < room / 8 ? bytes : deflateRawSync(text).length;
}
