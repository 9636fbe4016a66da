/** The arguments of RUN, CMD, ENTRYPOINT and HEALTHCHECK: exec and shell form, mounts, and what a shell runs. */

import { heredocStart } from "./lines.ts";
import { type MappedText, mappedText } from "./mapped-text.ts";
import type { CommandForm, Flag, Mount, ShellCommand, ShellKind } from "./model.ts";
import type { Reading } from "./reading.ts";
import { posixShells } from "./shell/nested-shell.ts";
import { baseName, programOf } from "./shell/program.ts";
import { readShell } from "./shell/read.ts";
import { execScript } from "./stages.ts";
import { jsonArrayAt, jsonString, jsonWords } from "./words.ts";

export function readCommandForm({ joined }: Reading, start: number, last: number): CommandForm {
  const range = joined.range(start, last);
  const array = jsonArrayAt(joined.text.slice(0, last), start);
  const words = array?.kind === "strings" && array.end === last ? jsonWords(joined.slice(0, last), start) : undefined;
  if (words !== undefined) return { kind: "exec", words, range };
  return { kind: "shell", text: joined.text.slice(start, last), range };
}

/** What the instruction runs. What cannot be taken apart becomes a problem. */
export function readScripts(
  reading: Reading,
  form: CommandForm,
  shell: ShellKind,
  start: number,
  last: number,
): readonly ShellCommand[] {
  const { source, problems } = reading;
  const unread = (reason: string, range = form.range): readonly ShellCommand[] => {
    problems.push({ kind: "unread", code: "dockerfile.shell", reason, range });
    return [];
  };
  if (form.kind === "exec") {
    const script = execScript(form);
    return script === undefined ? [execCommand(form)].flat() : readText(jsonString(source, script), reading);
  }
  const [only] = reading.heredocs;
  const isScript = only !== undefined && reading.heredocs.length === 1 && heredocStart(form.text) !== undefined;
  const interpreter = isScript ? interpreterOf(only.text) : undefined;
  if (interpreter !== undefined) {
    if (!posixShells.has(interpreter)) return unread(`a script of ${interpreter} is not parsed`);
  } else if (shell !== "posix") {
    return unread(`the shell is ${shell === "other" ? "one that is unknown" : shell}, which is not parsed`);
  }
  if (isScript) {
    const builder = mappedText(source, only.range.start);
    builder.copy(only.range.start, only.range.end);
    return readText(builder.build(), reading);
  }
  if (reading.heredocs.length === 0) return readText(reading.joined.slice(start, last), reading);
  // The shell gets the line, and behind it the heredocs as they are written.
  const builder = mappedText(source, form.range.start);
  const line = reading.joined.range(start, last);
  if (line.end - line.start === last - start) builder.copy(line.start, line.end);
  else builder.replace(reading.joined.text.slice(start, last), line.start, line.end);
  const behind = reading.behind.range(0, reading.behind.text.length);
  builder.copy(behind.start, behind.end);
  return readText(builder.build(), reading);
}

function readText(text: MappedText, { problems }: Reading): readonly ShellCommand[] {
  const { commands, trouble } = readShell(text);
  if (trouble !== undefined) {
    const { reason, range } = trouble;
    problems.push({ kind: "unread", code: "dockerfile.shell", reason: `the shell's text: ${reason}`, range });
  }
  return commands;
}

/** An exec form without a shell runs one command as it is written. */
function execCommand(form: CommandForm & { readonly kind: "exec" }): ShellCommand[] {
  const words = form.words.map(({ text, range }) => ({ text, literal: true, quoted: true, expansions: [], range }));
  if (words.length === 0) return [];
  return [
    {
      index: 0,
      words,
      ...programOf(words),
      assignments: [],
      redirections: [],
      after: "",
      runs: "always",
      within: [],
      pipedInto: [],
      pipedFrom: [],
      range: form.range,
    },
  ];
}

/** Of `#!/usr/bin/env python3` at the start of a script. */
function interpreterOf(script: string): string | undefined {
  if (!script.startsWith("#!")) return undefined;
  const newline = script.indexOf("\n");
  const words = script
    .slice(2, newline === -1 ? undefined : newline)
    .trim()
    .split(/\s+/);
  const [program = "", ...more] = words.map(baseName);
  return program === "env" ? (more.find((word) => !word.startsWith("-") && !word.includes("=")) ?? program) : program;
}

const synonyms: Readonly<Record<string, string>> = {
  dst: "target",
  destination: "target",
  src: "source",
  readonly: "ro",
};

/** `--mount=type=cache,target=/root/.cache`: comma-separated, as CSV quotes them. */
export function readMounts({ stages }: Reading, flags: readonly Flag[]): Mount[] {
  return flags.flatMap((flag) => {
    if (flag.name !== "mount" || flag.value === undefined) return [];
    const options = new Map<string, string>();
    for (const option of (flag.value.value ?? flag.value.text).split(",")) {
      const equals = option.indexOf("=");
      const key = (equals === -1 ? option : option.slice(0, equals)).trim().toLowerCase();
      options.set(synonyms[key] ?? key, equals === -1 ? "" : option.slice(equals + 1));
    }
    const from = options.get("from");
    const type = options.get("type") ?? "bind";
    if (from === undefined) return [{ type, options, range: flag.range }];
    // A variable that is left in it is one that the file does not decide.
    const known = from.includes("$") ? {} : { value: from };
    const word = { raw: from, text: from, ...known, variables: [], range: flag.range };
    return [{ type, options, from: stages.origin(word, "copy"), range: flag.range }];
  });
}
