/** Entries of workflows and Dependabot's options that are added, taken out or written in full. */

import { textsOf } from "../../checks/build/pipelines/expressions.ts";
import { nameOf } from "../../checks/build/pipelines/origins.ts";
import { isAction } from "../../checks/build/pipelines/steps.ts";
import { callJobs } from "../../checks/build/pipelines/uses.ts";
import type { Finding, Graded, TextEdit } from "../../core/finding.ts";
import { type Field, type StepsJob, type Workflow, walkExpression } from "../../engines/pipelines/model.ts";
import type { Proposal } from "./proposal.ts";
import { edit, entryAfter, entryBefore, indentAt, isAt, keyStart, type PipelineSource } from "./source.ts";

/** `permissions` for a workflow that states none: nothing where no step uses the token, else reading its contents. */
export function leastPermissions(finding: Finding, source: PipelineSource): Proposal | undefined {
  const { file, text } = source;
  if (file.kind !== "workflow" || file.permissions !== undefined) return undefined;
  const [job] = file.jobs;
  if (job === undefined || !isAt(file.place ?? file.onPlace, finding.locations)) return undefined;
  const key = /(?:^|\n)(jobs|"jobs"|'jobs')[ \t]*:[^\S\n]*(?:#[^\n]*)?\r?\n/.exec(text.slice(0, job.place.start));
  const name = key?.[1];
  if (key === null || name === undefined) return undefined;
  const at = key.index + (key[0].startsWith("\n") ? 1 : 0);
  const { lines, graded } = permissionsFor(file);
  return { ...graded, edits: [edit(source, at, at, `${lines.join("\n")}\n\n`)] };
}

/** Actions that use the token to read the repository alone, or not at all. */
const READING = [
  ...[
    "actions/checkout",
    "actions/setup-node",
    "actions/setup-python",
    "actions/setup-go",
    "actions/setup-java",
    "actions/setup-dotnet",
  ],
  ...[
    "actions/cache",
    "actions/upload-artifact",
    "actions/download-artifact",
    "docker/setup-buildx-action",
    "docker/setup-qemu-action",
  ],
  ...[
    "ruby/setup-ruby",
    "astral-sh/setup-uv",
    "oven-sh/setup-bun",
    "pnpm/action-setup",
    "swatinem/rust-cache",
    "dtolnay/rust-toolchain",
  ],
];

const TOKEN =
  /github[._]token|secrets\.github_token|GH_TOKEN|\bgh (?:api|pr|issue|release|run|workflow|repo)\b|\bgit\s+push\b/i;

function permissionsFor(file: Workflow): { readonly lines: readonly string[]; readonly graded: Graded } {
  const jobs = file.jobs.filter((job) => job.permissions === undefined);
  const steps = jobs.filter((job): job is StepsJob => job.kind === "steps").flatMap((job) => job.steps);
  const uses = steps.flatMap((step) => (step.kind === "uses" ? [step.uses] : []));
  const isCalling = jobs.some(({ kind }) => kind === "call");
  const namesToken = textsOf(file).some(({ text }) => TOKEN.test(text.value));
  if (!isCalling && !namesToken && uses.length === 0) {
    return {
      lines: ["permissions: {}"],
      graded: { grade: "likely", reason: "no step of the workflow uses the token" },
    };
  }
  const lines = ["permissions:", "  contents: read"];
  const isReading = uses.every((one) => READING.some((name) => isAction(one, name)));
  if (!isCalling && !namesToken && isReading) {
    return { lines, graded: { grade: "likely", reason: "the actions that it uses read the repository alone" } };
  }
  return { lines, graded: { grade: "needs knowledge", reason: "a step or an action may need to write" } };
}

/** A job that calls a workflow of the tree is handed the secrets that it reads, by name. */
export function explicitSecrets(finding: Finding, source: PipelineSource): Proposal | undefined {
  if (source.file.kind !== "workflow") return undefined;
  for (const { uses, secrets } of callJobs(source.file)) {
    if (secrets?.kind !== "inherit" || uses.kind !== "local" || !isAt(uses.text.place, finding.locations)) continue;
    const callee = source.other?.(uses.path);
    const names = callee?.kind === "workflow" ? secretsOf(callee) : undefined;
    const key = keyStart(source, "secrets", secrets.text.place);
    if (names === undefined || key === undefined) return undefined;
    if (names.length === 0) return undefined;
    const indent = indentAt(source, key);
    const lines = names.map((name) => `\n${indent}  ${name}: \${{ secrets.${name} }}`).join("");
    // The space behind the colon goes with the word.
    const start = source.text.slice(0, secrets.text.place.start).trimEnd().length;
    const reason = "the called workflow reads these, but what it calls in turn may read others";
    return { grade: "likely", reason, edits: [edit(source, start, secrets.text.place.end, lines)] };
  }
  return undefined;
}

/** Names of secrets that it reads; undefined where it reads all, or calls what may. */
function secretsOf(workflow: Workflow): string[] | undefined {
  if (callJobs(workflow).some(({ secrets }) => secrets?.kind === "inherit")) return undefined;
  const names = new Set<string>();
  for (const { text } of textsOf(workflow)) {
    for (const { tree } of text.expressions) {
      if (tree === undefined) return undefined;
      for (const part of walkExpression(tree)) {
        if (part.kind !== "context" || part.root?.toLowerCase() !== "secrets") continue;
        const [, name] = nameOf(part)?.split(".") ?? [];
        if (name === undefined || !/^\w+$/.test(name)) return undefined;
        // The token is handed on by itself.
        if (name !== "github_token") names.add(name.toUpperCase());
      }
    }
  }
  return [...names].sort();
}

/** The switch taken out, with the `env` that would be empty without it. */
export function withoutInsecureCommands(finding: Finding, source: PipelineSource): Proposal | undefined {
  const { file, text } = source;
  if (file.kind === "dependabot") return undefined;
  const holders: (readonly Field[])[] =
    file.kind === "workflow"
      ? [
          file.env,
          ...file.jobs.flatMap((job) => (job.kind === "steps" ? [job.env, ...job.steps.map((step) => step.env)] : [])),
        ]
      : file.steps.map(({ env }) => env);
  const edits: TextEdit[] = [];
  for (const env of holders) {
    for (const field of env) {
      if (!isAt(field.place, finding.locations)) continue;
      // A step that is nothing without its `env` is left to people.
      const whole =
        env.length === 1 ? wholeEntry(source, "env", field.place.start) : lineStart(text, field.place.start);
      const end = lineEnd(text, field.place.end);
      if (whole === undefined || end === undefined || text.slice(whole, field.place.start).includes("- "))
        return undefined;
      edits.push(edit(source, whole, end, ""));
    }
  }
  const [first, ...more] = edits;
  if (first === undefined) return undefined;
  const graded: Graded = /::(?:set-env|add-path)/.test(text)
    ? { grade: "needs knowledge", reason: "a script of the file prints ::set-env or ::add-path" }
    : { grade: "likely", reason: "no script of the file prints ::set-env or ::add-path, but programs may" };
  return { ...graded, edits: [first, ...more] };
}

/** The beginning of the offset's line, where nothing but white space is before it. */
function lineStart(text: string, offset: number): number | undefined {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  return text.slice(start, offset).trim() === "" ? start : undefined;
}

/** Behind the line end, where nothing but a comment follows. */
function lineEnd(text: string, offset: number): number | undefined {
  const newline = text.indexOf("\n", offset);
  const end = newline < 0 ? text.length : newline + 1;
  const rest = text.slice(offset, end).trim();
  return rest === "" || rest.startsWith("#") ? end : undefined;
}

/** The line of a mapping's key that has one entry, right above the entry. */
function wholeEntry({ text }: PipelineSource, key: string, entry: number): number | undefined {
  const start = lineStart(text, entry);
  if (start === undefined || start === 0) return undefined;
  const above = text.lastIndexOf("\n", start - 2) + 1;
  return text.slice(above, start).trim() === `${key}:` ? above : undefined;
}

const DAYS = 7;

/** `cooldown` of seven days for an update that has none, or as its `default-days`. */
export function withCooldown(finding: Finding, source: PipelineSource): Proposal | undefined {
  const { file } = source;
  if (file.kind !== "dependabot") return undefined;
  const edits: TextEdit[] = [];
  for (const update of file.updates) {
    const stated = update.cooldown?.fields.find(({ key }) => key.value === "default-days")?.value;
    const place = stated?.place ?? update.cooldown?.place ?? update.place;
    if (!isAt(place, finding.locations)) continue;
    if (stated !== undefined) {
      edits.push(edit(source, stated.place.start, stated.place.end, String(DAYS)));
      continue;
    }
    const first = update.cooldown?.fields[0];
    const made =
      update.cooldown === undefined
        ? cooldownOf(source, update.ecosystem)
        : first && entryBefore(source, first.key.place.start, [`default-days: ${DAYS}`]);
    if (made === undefined) return undefined;
    edits.push(made);
  }
  const [first, ...more] = edits;
  return first === undefined
    ? undefined
    : { grade: "likely", reason: "updates come a few days later", edits: [first, ...more] };
}

function cooldownOf(source: PipelineSource, ecosystem: Field["value"]): TextEdit | undefined {
  const key = ecosystem === undefined ? undefined : keyStart(source, "package-ecosystem", ecosystem.place);
  if (key === undefined || ecosystem === undefined) return undefined;
  return entryAfter(source, key, ecosystem.place, ["cooldown:", `  default-days: ${DAYS}`]);
}
