/** Logs that guards wrote, an object of JSON a line: read piece by piece, and of each what is wanted is kept. */
import { createReadStream, existsSync } from "node:fs";
import { counted } from "../../core/counted.ts";
import type { Gap } from "../../core/evidence.ts";
import { Problem, usageProblem } from "../../core/problem.ts";
import { systemCause } from "../../core/system-cause.ts";
import { createDocumentReader } from "../../engines/events/documents/documents.ts";
import { bounds } from "./bounds.ts";

export interface LogRecords<Entry> {
  /** What the logs are called, in the order in which they were named. */
  readonly name: string;
  /** What is wanted of them, oldest first. */
  readonly entries: readonly Entry[];
  /** ISO 8601: of the first and the last entry of all, wanted or not; absent: there is none. */
  readonly from?: string;
  readonly to?: string;
  readonly gaps: readonly Gap[];
}

export interface LogReader<Entry> {
  /** Undefined: the guard writes no such line. */
  readonly read: (document: unknown) => Entry | undefined;
  readonly isWanted: (entry: Entry) => boolean;
}

/** Collects entries in whatever order they come. */
export function recordCollector<Entry extends { readonly time: string }>(
  name: string,
  { read, isWanted }: LogReader<Entry>,
) {
  const kept: Entry[] = [];
  const gaps: Gap[] = [];
  let [unread, over] = [0, 0];
  let firstUnread: string | undefined;
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const skip = (place: string, reason: string) => {
    unread++;
    firstUnread ??= `${place}: ${reason}`;
  };
  return {
    skip,
    gap: (gap: Gap) => void gaps.push(gap),
    take(document: unknown, place: string): void {
      const entry = read(document);
      if (entry === undefined) {
        skip(place, "not a decision of the guard");
        return;
      }
      const at = Date.parse(entry.time);
      from = Math.min(from, at);
      to = Math.max(to, at);
      if (!isWanted(entry)) return;
      if (kept.length < bounds.entries) kept.push(entry);
      else over++;
    },
    finish(): LogRecords<Entry> {
      const told: Gap[] = [
        ...(unread === 0
          ? []
          : [{ code: "trace.log-unread", reason: `${counted(unread, "line")} not read, the first ${firstUnread}` }]),
        ...(over === 0
          ? []
          : [{ code: "trace.log-bound", reason: `${name}: ${over} more entries than ${bounds.entries}` }]),
      ];
      return {
        name,
        entries: kept.sort((a, b) => Date.parse(a.time) - Date.parse(b.time)),
        ...(from > to ? {} : { from: new Date(from).toISOString(), to: new Date(to).toISOString() }),
        gaps: [...gaps, ...told],
      };
    },
  };
}

/**
 * @param names - paths, or `-` for standard input; rotated logs are named beside the newest
 * @throws Problem (usage) where there is no such file. One that breaks off is a gap.
 */
export async function readLogs<Entry extends { readonly time: string }>(
  names: readonly string[],
  reader: LogReader<Entry>,
): Promise<LogRecords<Entry>> {
  if (names.length > bounds.logs) throw usageProblem(names[0] ?? "", `more than ${bounds.logs} logs`);
  const collector = recordCollector(names.map((name) => (name === "-" ? "standard input" : name)).join(", "), reader);
  for (const name of names) {
    const documents = createDocumentReader(name === "-" ? "standard input" : name, {
      document: (document, place) => collector.take(document, place),
      broken: (reason, place) => collector.skip(place, reason),
    });
    try {
      for await (const chunk of name === "-" ? process.stdin : createReadStream(name)) documents.write(chunk as Buffer);
      documents.end();
    } catch (error) {
      const problem = problemOf(error, name);
      if (problem.kind === "usage") throw problem;
      collector.gap({ code: problem.code, reason: `${name}: ${problem.message}` });
    }
    // What the guard put aside when the log grew too large (`FILE.1`): a part of the log that nobody named.
    if (name !== "-" && !names.includes(`${name}.1`) && existsSync(`${name}.1`)) {
      const reason = `${name}.1 is an older part of ${name} and was not read`;
      collector.gap({ code: "trace.log-rotated", reason, remedy: "name it too" });
    }
  }
  return collector.finish();
}

function problemOf(error: unknown, place: string): Problem {
  if (error instanceof Problem) return error;
  if (!(error instanceof Error) || !("code" in error)) throw error;
  const kind = error.code === "ENOENT" || error.code === "EISDIR" ? "usage" : "unavailable";
  return new Problem({ kind, code: "trace.log", place, cause: systemCause(error) }, { cause: error });
}
