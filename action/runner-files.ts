/** What a step says to the runner: files that it appends to (GITHUB_OUTPUT, GITHUB_STEP_SUMMARY) and commands in its log. */
import { randomUUID } from "node:crypto";
import { appendFileSync } from "node:fs";
import { printable } from "../src/core/printable.ts";
import type { Environment } from "./inputs.ts";

/** Bytes of all summaries of one step that GitHub takes. */
const SUMMARY_BYTES = 1024 * 1024;

/**
 * Appends outputs in the form of several lines, each under a delimiter of its own that no value can hold, so that a value
 * with line breaks sets no other output.
 */
export function writeOutputs(environment: Environment, outputs: Readonly<Record<string, string>>): void {
  const file = environment.GITHUB_OUTPUT;
  if (file === undefined || file === "") return;
  const text = Object.entries(outputs).map(([name, value]) => {
    const delimiter = `bulkhead-${randomUUID()}`;
    return `${name}<<${delimiter}\n${value}\n${delimiter}\n`;
  });
  appendFileSync(file, text.join(""));
}

/** Appends Markdown to the job's summary, where it fits. */
export function writeSummary(environment: Environment, markdown: string): void {
  const file = environment.GITHUB_STEP_SUMMARY;
  if (file === undefined || file === "" || Buffer.byteLength(markdown) > SUMMARY_BYTES) return;
  appendFileSync(file, `${markdown}\n`);
}

/** One line of the log that becomes an annotation. */
export function annotate(level: "error" | "warning", text: string): void {
  // What the runner reads as escapes in the data of a command (actions/toolkit, core, command.ts).
  const data = printable(text).replaceAll("%", "%25");
  process.stdout.write(`::${level} title=Bulkhead::${data}\n`);
}
