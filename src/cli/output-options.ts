/** What `--format` asks for. A command with formats of its own loads none of the report's. */
import { usageProblem } from "../core/problem.ts";
import { knownWord } from "./known-word.ts";

export interface Output<Name extends string> {
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
export function parseFormatsOf<Name extends string>(
  known: readonly Name[],
  written: readonly string[],
  { isTTY }: { readonly isTTY?: boolean | undefined },
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
