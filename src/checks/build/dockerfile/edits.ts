/** Edits of a Dockerfile for a fix. They leave everything else as it is written. */
import type { TextEdit } from "../../../core/finding.ts";
import type { CommandInstruction, Dockerfile, SourceRange } from "../../../engines/dockerfile/model.ts";

export function replaceRange({ path }: Dockerfile, { start, end }: SourceRange, replacement: string): TextEdit {
  return { path, start, end, replacement };
}

export function insertBehind({ path }: Dockerfile, { end }: SourceRange, replacement: string): TextEdit {
  return { path, start: end, end, replacement };
}

/** `&& command` at the end of a RUN, where it then runs exactly when all before it went well; else nothing. */
export function appendToRun(
  dockerfile: Dockerfile,
  { form, heredocs, shell, commands }: CommandInstruction,
  command: string,
): TextEdit[] {
  if (form.kind !== "shell" || shell !== "posix" || heredocs.length > 0 || form.text.includes("#")) return [];
  const plain = commands.every(
    ({ after, within }) => (after === "" || after === "&&" || after === "|") && within.length === 0,
  );
  if (!plain) return [];
  return [insertBehind(dockerfile, form.range, ` && ${command}`)];
}
