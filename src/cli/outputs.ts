/** Where a report goes: the formats that `--format` asks for, and the files they are written to. */

import { resolve } from "node:path";
import { printable } from "../core/printable.ts";
import type { Report } from "../core/report.ts";
import { writeWhole } from "../engines/files/write.ts";
import { type Format, formats } from "../report/formats.ts";
import { outputDefaults, type RenderOptions, type Terminal } from "../report/options.ts";
import { rendererOf } from "../report/render.ts";
import { summaryText } from "../report/summary/three-lines.ts";
import { type Output, parseFormatsOf } from "./output-options.ts";
import { writeStream } from "./write-stream.ts";

/** Of a report. @throws Problem (usage), see {@link parseFormatsOf} */
export function parseFormats(written: readonly string[], terminal: Terminal): Output<Format>[] {
  return parseFormatsOf(formats, written, terminal);
}

/** @param root - the tree under review: no link of it is written through. @throws Problem (usage), see {@link writeWhole} */
export async function writeReport(
  report: Report,
  { format, file }: Output<Format>,
  shown: Pick<RenderOptions, "all" | "display">,
  root: string,
): Promise<void> {
  const defaults = outputDefaults(process.stdout, process.env);
  const form = format ?? defaults.format;
  // A file may be written twice, and a note is said once.
  const notes = new Set<string>();
  const onNote = (text: string) => notes.add(text);
  const write = await rendererOf(form);
  if (file === undefined) await writeStream(process.stdout, write(report, { ...defaults, ...shown, onNote }));
  else writeWhole(file, () => write(report, { columns: 100, color: false, ...shown, onNote }), { within: [root] });
  for (const note of notes)
    process.stderr.write(`bulkhead: ${printable(note)}
`);
}

/** What was written, in three lines on standard output; nothing where a report went there. */
export async function writeSummary(report: Report, outputs: readonly Output<Format>[]): Promise<void> {
  const written = outputs.flatMap(({ format, file }) =>
    format === undefined || file === undefined ? [] : [{ format, file }],
  );
  if (written.length < outputs.length || written.some(({ file }) => STANDARD_OUTPUT.has(resolve(file)))) return;
  await writeStream(process.stdout, [summaryText(report, written)]);
}

const STANDARD_OUTPUT: ReadonlySet<string> = new Set(["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"]);
