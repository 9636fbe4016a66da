/** `bulkhead runtime respond`: what was done about alerts, and taking it back. */
import { counted } from "../../core/counted.ts";
import { usageProblem } from "../../core/problem.ts";
import { connectionOf } from "../../engines/kubernetes/cluster/kubeconfig.ts";
import { openJournal, readJournal } from "../../guards/runtime/response/journal.ts";
import { undoResponse } from "../../guards/runtime/response/undo.ts";
import { responseText } from "../../report/runtime/responses.ts";
import { knownWord } from "../known-word.ts";

export interface RespondListOptions {
  readonly journal: string;
  readonly format: string;
  readonly last: string;
}

/** `bulkhead runtime respond list` */
export function respondList({ journal, format: written, last: lastText }: RespondListOptions): number {
  const format = knownWord(written, ["text", "json"], { place: `--format ${written}`, what: "format" });
  const last = /^[1-9]\d{0,5}$/.test(lastText) ? Number(lastText) : undefined;
  if (last === undefined) throw usageProblem(`--last ${lastText}`, "not a number of responses from 1 on");
  const { records, broken } = readJournal(journal);
  const shown = records.slice(-last);
  if (format === "json") {
    process.stdout.write(shown.map((record) => `${JSON.stringify(record)}\n`).join(""));
  } else {
    const left = records.length - shown.length;
    const lines = [
      ...shown.map(responseText),
      `${counted(shown.length, "response")}${left === 0 ? "" : `, ${left} older ones (--last)`}`,
    ];
    process.stdout.write(`${lines.join("\n")}\n`);
  }
  if (broken > 0) process.stderr.write(`${counted(broken, "line")} of ${journal} could not be read\n`);
  return broken === 0 ? 0 : 3;
}

export interface RespondUndoOptions {
  readonly journal: string;
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** `bulkhead runtime respond undo ID…` */
export async function respondUndo(ids: readonly string[], options: RespondUndoOptions): Promise<number> {
  const { journal: path, kubeconfig, context } = options;
  const journal = openJournal(path);
  const named = { ...(kubeconfig === undefined ? {} : { kubeconfig }), ...(context === undefined ? {} : { context }) };
  for (const id of ids) {
    const undone = await undoResponse(readJournal(path), id, { journal, cluster: () => connectionOf(named) });
    process.stdout.write(`${responseText(undone)}\n`);
  }
  return 0;
}
