/** Recorded requests, decided again by another policy: what would be answered otherwise. */
import { createReadStream } from "node:fs";
import { asProblem, Problem } from "../../../core/problem.ts";
import { requestOf } from "../../../engines/admission/review.ts";
import type { Decision, Guard } from "../model.ts";
import { parseRecord, type Recorded, type RecordedOutcome, recordedDecision } from "../record.ts";
import { bounds } from "./bounds.ts";

export interface RecordedLine {
  /** From 1. */
  readonly line: number;
  /** A Problem where it is no record, or over its bound. */
  readonly record: Recorded | Problem;
}

/**
 * One line after the other; empty ones are passed over.
 *
 * @throws Problem where the file cannot be read
 */
export async function* recordsOf(path: string): AsyncGenerator<RecordedLine> {
  let line = 0;
  let begun = "";
  let isOver = false;
  const take = (): RecordedLine | undefined => {
    line++;
    const [text, over] = [begun, isOver];
    [begun, isOver] = ["", false];
    if (!over && text.trim() === "") return undefined;
    return { line, record: over ? tooLong(path, line) : readRecord(text, `${path}:${line}`) };
  };
  try {
    for await (const chunk of createReadStream(path, "utf8") as AsyncIterable<string>) {
      const parts = chunk.split("\n");
      for (const [index, part] of parts.entries()) {
        if (index > 0) {
          const record = take();
          if (record !== undefined) yield record;
        }
        if (begun.length + part.length > bounds.recordCharacters) [begun, isOver] = ["", true];
        else if (!isOver) begun += part;
      }
    }
  } catch (error) {
    throw asProblem(error, path);
  }
  const last = begun === "" && !isOver ? undefined : take();
  if (last !== undefined) yield last;
}

function readRecord(text: string, place: string): Recorded | Problem {
  try {
    return parseRecord(text, place);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

function tooLong(path: string, line: number): Problem {
  const cause = `more than ${bounds.recordCharacters} characters`;
  return new Problem({ kind: "input", code: "admission.record", place: `${path}:${line}`, cause });
}

/**
 * `refused`: it was admitted, and would not be; `admitted`: the other way round; `reasons`: the same answer for other
 * reasons; `same`.
 */
export type Change = "refused" | "admitted" | "reasons" | "same";

export interface Replayed {
  readonly change: Change;
  readonly decision: Decision;
  /** What is no reason any more. */
  readonly gone: readonly RecordedOutcome[];
  /** What was none. */
  readonly added: readonly RecordedOutcome[];
  /** It was decided by values that are not recorded: what rests on them is left out on both sides. */
  readonly withoutValues: boolean;
}

/** @param now - as of when; absent: as of when it was recorded. @throws Problem where the review cannot be read */
export async function replay(
  guard: Guard,
  record: Recorded,
  { now, milliseconds }: { readonly now?: Date; readonly milliseconds: number },
): Promise<Replayed> {
  const decision = await guard.decide(requestOf(record.review), {
    webhook: record.webhook,
    now: now ?? new Date(record.time),
    deadline: AbortSignal.timeout(milliseconds),
  });
  const withoutValues = record.redacted > 0 && record.decision.outcomes.some(restsOnValues);
  const kept = (outcomes: readonly RecordedOutcome[]) =>
    record.redacted > 0 ? outcomes.filter((outcome) => !restsOnValues(outcome)) : outcomes;
  const [before, after] = [kept(record.decision.outcomes), kept(recordedDecision(decision).outcomes)];
  const gone = without(before, after);
  const added = without(after, before);
  const was = wasAllowed(record, before);
  const is = !after.some(({ action }) => action === "deny");
  const change = was === is ? (gone.length + added.length === 0 ? "same" : "reasons") : is ? "admitted" : "refused";
  return { change, decision, gone, added, withoutValues };
}

/** By the policy: whoever broke the glass was let past it. */
function wasAllowed({ decision, redacted }: Recorded, before: readonly RecordedOutcome[]): boolean {
  const denied = before.some(({ action }) => action === "deny");
  if (decision.basis === "break-glass") return false;
  // Refused for a value alone: what is left says that it was admitted.
  return redacted > 0 && !decision.allowed ? !denied : decision.allowed;
}

/** Checks that look at values of variables, which are not recorded. */
const VALUES: ReadonlySet<string> = new Set(["workload/secret-in-manifest", "workload/secret-in-environment"]);

function restsOnValues({ check }: RecordedOutcome): boolean {
  return VALUES.has(check);
}

function without(outcomes: readonly RecordedOutcome[], others: readonly RecordedOutcome[]): RecordedOutcome[] {
  const known = new Set(others.map(keyOf));
  return outcomes.filter((outcome) => !known.has(keyOf(outcome)));
}

/** Messages may be worded otherwise, and lines of the policy moved. */
function keyOf({ check, verdict, action, field, image }: RecordedOutcome): string {
  return JSON.stringify([check, verdict, action, field, image]);
}
