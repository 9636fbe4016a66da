import { Problem } from "../core/problem.ts";
import type { Refuse } from "./position.ts";

/** A caller's refusal, with line and column. For tests. */
export const refusedAt: Refuse = ({ line, column }, cause) =>
  new Problem({ kind: "input", code: "refused", place: `${line}:${column}`, cause });
