/**
 * Comments that ask for findings not to count: `# bulkhead ignore=ID[,ID] reason` above an instruction or within it,
 * `# bulkhead ignore-file=ID[,ID] reason` anywhere; hadolint's `# hadolint ignore=` and Docker's `# check=skip=`.
 */
import { append } from "../../core/append.ts";
import type { Comment, Dockerfile, InlineIgnore, SourceRange } from "./model.ts";

export function inlineIgnores(dockerfile: Dockerfile): InlineIgnore[] {
  const { instructions, comments, directives } = dockerfile;
  const ignores: InlineIgnore[] = [];
  let next = 0;
  for (const comment of comments) {
    while ((instructions[next]?.range.start ?? Number.POSITIVE_INFINITY) < comment.range.start) next++;
    append(ignores, ignoresOf(comment, instructions[next]?.range));
  }
  for (const { comments: within, range } of instructions) {
    for (const comment of within) append(ignores, ignoresOf(comment, range));
  }
  for (const { name, value, range } of directives) {
    if (name !== "check") continue;
    const skipped = value.split(";").flatMap((part) => (part.trim().startsWith("skip=") ? [part.trim().slice(5)] : []));
    if (skipped.length > 0)
      ignores.push({ form: "docker", ids: idsOf(skipped.join(",")), reason: "", covers: "file", range });
  }
  return ignores;
}

function ignoresOf({ text, range }: Comment, below: SourceRange | undefined): InlineIgnore[] {
  const match = /^(bulkhead|hadolint)\s+(?:(global)\s+)?(ignore|ignore-file)=/.exec(text);
  if (match === null) return [];
  const [whole, form, global, verb] = match;
  const rest = text.slice(whole.length);
  // hadolint takes spaces around its commas, and writers put what they think behind a hash.
  const spaced = form === "hadolint" ? /^\s*[A-Z]+\d+(?:\s*,\s*[A-Z]+\d+)*/.exec(rest)?.[0] : undefined;
  const ids = spaced ?? rest.split(/\s/, 1)[0] ?? "";
  const reason = form === "hadolint" ? rest.slice(ids.length).replace(/^[\s#:-]+/, "") : rest.slice(ids.length);
  const covers = global !== undefined || verb === "ignore-file" ? "file" : below;
  if (covers === undefined) return [];
  return [{ form: form as "bulkhead" | "hadolint", ids: idsOf(ids), reason: reason.trim(), covers, range }];
}

function idsOf(written: string): string[] {
  return written.split(",").flatMap((id) => (id.trim() === "" ? [] : [id.trim()]));
}
