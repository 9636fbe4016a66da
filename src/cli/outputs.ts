/** Where a report goes: the formats that `--format` asks for, and the files they are written to. */

import { resolve } from "node:path";
import type { Writable } from "node:stream";
import { printable } from "../core/printable.ts";
import { usageProblem } from "../core/problem.ts";
import type { Report } from "../core/report.ts";
import { inChunks } from "../engines/files/chunks.ts";
import { writeWhole } from "../engines/files/write.ts";
import { type Format, formats } from "../report/formats.ts";
import { outputDefaults, type RenderOptions, type Terminal } from "../report/options.ts";
import { render } from "../report/render.ts";
import { summaryText } from "../report/summary/three-lines.ts";
import { knownWord } from "./known-word.ts";

interface Output<Name extends string = Format> {
  /** Absent: what suits the output stream. */
  readonly format?: Name;
  /** Absent: standard output. */
  readonly file?: string;
}

/**
 * Reads every `--format FORMAT[=FILE]`; without any, what suits the output stream.
 *
 * @throws Problem (usage) for what is no format, for two formats on one stream, and for a page on a terminal
 */
export function parseFormats(written: readonly string[], terminal: Terminal): Output[] {
  return parseFormatsOf(formats, written, terminal);
}

/** As {@link parseFormats}, of a command with formats of its own. */
export function parseFormatsOf<Name extends string>(
  known: readonly Name[],
  written: readonly string[],
  { isTTY }: Terminal,
): Output<Name>[] {
  const outputs = written.map((text): Output<Name> => {
    const equals = text.indexOf("=");
    const name = equals < 0 ? text : text.slice(0, equals);
    const format = knownWord(name, known, { place: `--format ${text}`, what: "format" });
    if (equals === text.length - 1)
      throw usageProblem(`--format ${text}`, "no file given", `use --format ${name}=FILE`);
    if (format === "html" && equals < 0 && isTTY === true) {
      throw usageProblem(`--format ${text}`, "HTML is not printed to a terminal", "use --format html=report.html");
    }
    return equals < 0 ? { format } : { format, file: text.slice(equals + 1) };
  });
  if (outputs.filter((output) => output.file === undefined).length > 1) {
    throw usageProblem(
      "--format",
      "only one format can go to stdout",
      "write the others to files: --format sarif=FILE",
    );
  }
  return outputs.length === 0 ? [{}] : outputs;
}

/** @param root - the tree under review: no link of it is written through. @throws Problem (usage), see {@link writeWhole} */
export async function writeReport(
  report: Report,
  { format, file }: Output,
  shown: Pick<RenderOptions, "all" | "display">,
  root: string,
): Promise<void> {
  const defaults = outputDefaults(process.stdout, process.env);
  const form = format ?? defaults.format;
  // A file may be written twice, and a note is said once.
  const notes = new Set<string>();
  const onNote = (text: string) => notes.add(text);
  if (file === undefined) await writeStream(process.stdout, render(report, form, { ...defaults, ...shown, onNote }));
  else
    writeWhole(file, () => render(report, form, { columns: 100, color: false, ...shown, onNote }), { within: [root] });
  for (const note of notes)
    process.stderr.write(`bulkhead: ${printable(note)}
`);
}

/** What was written, in three lines on standard output; nothing where a report went there. */
export async function writeSummary(report: Report, outputs: readonly Output[]): Promise<void> {
  const written = outputs.flatMap(({ format, file }) =>
    format === undefined || file === undefined ? [] : [{ format, file }],
  );
  if (written.length < outputs.length || written.some(({ file }) => STANDARD_OUTPUT.has(resolve(file)))) return;
  await writeStream(process.stdout, [summaryText(report, written)]);
}

const STANDARD_OUTPUT: ReadonlySet<string> = new Set(["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"]);

/** Waits where the reader is slower, so that no more than a piece is held; ends where the reader has gone. */
export async function writeStream(stream: Writable, pieces: Iterable<string>): Promise<void> {
  for (const chunk of inChunks(pieces)) {
    if (!stream.writable) return;
    if (stream.write(chunk)) continue;
    await new Promise<void>((resolve) => {
      const done = () => {
        for (const event of ["drain", "close", "error"]) stream.off(event, done);
        resolve();
      };
      // Who listens for errors of the stream judges them.
      for (const event of ["drain", "close", "error"]) stream.on(event, done);
    });
  }
}
