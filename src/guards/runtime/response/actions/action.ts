/** One action on one target: looked at first, which changes nothing, then done. */
import { Problem } from "../../../../core/problem.ts";
import type { ResponseRecord } from "../model.ts";

export interface Prepared {
  readonly target: string;
  /** Nothing is to be done: it is so already, or what it is about has ended. */
  readonly settled?: "unchanged" | "gone";
  /** What was found out before: a proof, or why it is settled. */
  readonly reason?: string;
  /** @throws Problem with why it was not done */
  act(): Promise<Acted>;
}

/** @see outcome - absent: it was done */
export type Acted = Pick<ResponseRecord, "reason" | "undo" | "undoCommand"> & { readonly outcome?: "gone" };

export function settled(target: string, how: "unchanged" | "gone", reason?: string): Prepared {
  return { target, settled: how, ...(reason === undefined ? {} : { reason }), act: async () => ({}) };
}

/** @param cause - one sentence without a full stop */
export function notDone(place: string, cause: string, remedy?: string): Problem {
  const more = remedy === undefined ? {} : { remedy };
  return new Problem({ kind: "unavailable", code: "response.failed", place, cause, ...more });
}
