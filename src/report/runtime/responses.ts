/** Responses as people read them: one line each, what attackers wrote escaped. */
import { printable } from "../../core/printable.ts";

export interface ResponseView {
  readonly id: string;
  /** RFC 3339, UTC. */
  readonly time: string;
  readonly node: string;
  readonly rule: string;
  readonly priority: string;
  readonly workload: string;
  readonly action: string;
  readonly target: string;
  readonly outcome: string;
  readonly reason?: string;
  readonly undoCommand?: string;
}

/** `14:03:22 paused …`: the outcome, what, whom, and below it why and how it is undone. Without a line break at the end. */
export function responseText({
  id,
  time,
  rule,
  workload,
  action,
  target,
  outcome,
  reason,
  undoCommand,
}: ResponseView): string {
  const head = `${time.slice(0, 10)} ${time.slice(11, 19)}  ${outcome.padEnd(9)}  ${action} ${target} · ${workload}`;
  return [
    head,
    `  rule ${rule} · ${id}`,
    ...(reason === undefined ? [] : [`  ${outcome === "undone" ? "undoes " : ""}${reason}`]),
    ...(undoCommand === undefined ? [] : [`  undo: ${undoCommand}`]),
  ]
    .map(printable)
    .join("\n");
}

/** One line, for logs: `response done: pause container 0123456789ab (api) of shop/Deployment/api, rule Reverse shell: …`. */
export function responseLine({ rule, workload, action, target, outcome, reason, undoCommand }: ResponseView): string {
  const why = reason === undefined ? "" : `: ${reason}`;
  const undo = undoCommand === undefined ? "" : ` (undo: ${undoCommand})`;
  return printable(`response ${outcome}: ${action} ${target} of ${workload}, rule ${rule}${why}${undo}`);
}
