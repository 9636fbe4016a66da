/** What is told of responses: each that was carried out, and of all that was not each cause once in a while, with its number. */
import { randomBytes } from "node:crypto";
import type { ResponderParts, ResponseOutcome, ResponseRecord, ResponseRequest } from "./model.ts";

export interface Telling {
  tell(
    request: ResponseRequest,
    of: Pick<ResponseRecord, "workload" | "action" | "target" | "outcome"> & Partial<ResponseRecord>,
  ): Promise<void>;
}

/** Milliseconds in which one cause is told once: an attacker may bring about as many as they like. */
const AGAIN = 60_000;
const MOST_CAUSES = 1_000;
const TEXT = 2_000;

const ALWAYS: ReadonlySet<ResponseOutcome> = new Set(["done", "dry-run", "undone"]);

export function createTelling(
  { node, journal, onRecord }: Pick<ResponderParts, "node" | "journal" | "onRecord">,
  counts: Record<ResponseOutcome | "unwritten", number>,
  now: () => number,
): Telling {
  /** By cause: until when it is not told again, and how often it came since. */
  const told = new Map<string, { until: number; more: number }>();

  /** @returns undefined where it is counted alone; else how often it was since it was told last */
  function before(cause: string): number | undefined {
    const time = now();
    const known = told.get(cause);
    if (known !== undefined && known.until > time) {
      known.more += 1;
      return undefined;
    }
    if (told.size >= MOST_CAUSES) for (const [key, { until }] of told) if (until <= time) told.delete(key);
    if (told.size >= MOST_CAUSES) told.delete(told.keys().next().value as string);
    told.set(cause, { until: time + AGAIN, more: 0 });
    return known?.more ?? 0;
  }

  /** What was done is done: that its record is missing is told, and nothing else follows from it. */
  function lose(record: ResponseRecord, error: unknown): void {
    counts.unwritten += 1;
    const reason = error instanceof Error ? error.message : String(error);
    if (before(`unwritten\n${reason}`) === undefined) return;
    const { undo: _, undoCommand: __, ...rest } = record;
    onRecord({ ...rest, action: "none", target: "record of responses", outcome: "failed", reason });
  }

  return {
    async tell({ rule, priority }, { outcome, reason, ...of }) {
      counts[outcome] += 1;
      const cause = [outcome, of.action, rule, of.workload, reason ?? ""].join("\n");
      const more = ALWAYS.has(outcome) ? 0 : before(cause);
      if (more === undefined) return;
      const why = [reason, more === 0 ? undefined : `${more} times more before`].filter((part) => part !== undefined);
      const record: ResponseRecord = {
        id: `r-${randomBytes(8).toString("hex")}`,
        time: new Date(now()).toISOString(),
        node,
        rule: rule.slice(0, TEXT),
        priority,
        ...of,
        outcome,
        ...(why.length === 0 ? {} : { reason: why.join("; ").slice(0, TEXT) }),
      };
      onRecord(record);
      try {
        await journal.append(record);
      } catch (error) {
        lose(record, error);
      }
    },
  };
}
