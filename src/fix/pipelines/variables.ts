/** Expressions in scripts, handed over as variables instead: `"${TITLE}"` of `env: TITLE: ${{ … }}`. */

import { type CodeText, codeTextsOf } from "../../checks/build/pipelines/code-texts.ts";
import { nameOf, valueContexts } from "../../checks/build/pipelines/origins.ts";
import { offsetOf } from "../../checks/build/pipelines/places.ts";
import { isPosixShell, isPowerShell, shellOf } from "../../checks/build/pipelines/steps.ts";
import type { Finding, Graded, TextEdit } from "../../core/finding.ts";
import type { Field, GithubFile, PlacedExpression, Step, Text } from "../../engines/pipelines/model.ts";
import type { Proposal } from "./proposal.ts";
import { posixSurroundings, powerShellSurroundings, type Surroundings } from "./script-quotes.ts";
import { edit, expressionSpan, inStyle, isAt, type PipelineSource, withVariables } from "./source.ts";

const QUOTED: Graded = { grade: "safe", reason: "within double quotes the variable is the same text" };
const WORDS: Graded = { grade: "likely", reason: "white space in the value no longer makes several words of it" };
const ELSEWHERE: Graded = { grade: "likely", reason: "no script of that kind ran to show it" };

/** All expressions of the finding, or none: a half of them would not end it. */
export function asVariables(finding: Finding, source: PipelineSource): Proposal | undefined {
  const { file } = source;
  if (file.kind === "dependabot") return undefined;
  const edits: TextEdit[] = [];
  let graded: Graded = QUOTED;
  for (const [step, uses] of expressionsByStep(file, finding)) {
    const variables = new Map<string, string>();
    for (const use of uses) {
      const put = variableFor(use, file, source, variables);
      const place = put === undefined ? undefined : placed(put.name, use, file, source);
      if (put === undefined || place === undefined) return undefined;
      if (put.isNew) variables.set(put.name, put.value);
      if (place.graded.grade !== "safe") graded = place.graded;
      edits.push(place.edit);
    }
    if (variables.size === 0) continue;
    const added = withVariables(
      source,
      step,
      [...variables].map(([name, value]) => [name, asScalar(value)]),
    );
    if (added === undefined) return undefined;
    edits.push(added);
  }
  const [first, ...more] = edits;
  return first === undefined ? undefined : { ...graded, edits: [first, ...more] };
}

interface Use {
  readonly code: CodeText;
  readonly expression: PlacedExpression;
}

function expressionsByStep(file: GithubFile, finding: Finding): Map<Step, Use[]> {
  const found = new Map<Step, Use[]>();
  const seen = new Set<number>();
  for (const code of codeTextsOf(file)) {
    for (const expression of code.text.expressions) {
      // A step that an alias repeats stands in the file once.
      if (!isAt(expression.place, finding.locations) || seen.has(expression.place.start)) continue;
      seen.add(expression.place.start);
      const uses = found.get(code.step) ?? [];
      uses.push({ code, expression });
      found.set(code.step, uses);
    }
  }
  return found;
}

/** Names that runners and shells give a meaning of their own ("Default environment variables"). */
const TAKEN =
  /^(?:GITHUB_|RUNNER_|ACTIONS_|INPUT_|LD_|DYLD_|BASH|NODE_|PYTHON|GIT_|NPM_|npm_)|^(?:CI|PATH|HOME|SHELL|IFS|ENV|PS\d|PWD|OLDPWD|TMPDIR|TEMP|TMP|USER|LANG|TERM|HOSTNAME|RANDOM|SECONDS|UID|EUID|PPID|LINENO|OPTARG|OPTIND|REPLY)$/;

interface Variable {
  readonly name: string;
  readonly value: string;
  readonly isNew: boolean;
}

function variableFor(
  { code: { step, text: scalar }, expression }: Use,
  file: GithubFile,
  source: PipelineSource,
  planned: ReadonlyMap<string, string>,
): Variable | undefined {
  const { tree } = expression;
  const span = expressionSpan(source, scalar, expression);
  if (tree === undefined || span === undefined) return undefined;
  // A line end within a string of it is text that one line could not hold.
  if (expression.source.includes("\n") && expression.source.includes("'")) return undefined;
  const text = `\${{ ${expression.source} }}`;
  const isIt = (value: string | undefined): boolean =>
    value?.trim() === text || value === source.text.slice(span.start, span.end);
  const own = step.env.find(({ value }) => isIt(value?.value));
  if (own !== undefined && /^[A-Za-z_]\w*$/.test(own.key.value))
    return { name: own.key.value, value: text, isNew: false };
  const again = [...planned].find(([, value]) => value === text);
  if (again !== undefined) return { name: again[0], value: text, isNew: false };
  const [context] = valueContexts(tree);
  const named = context === undefined ? undefined : nameOf(context);
  // What `env` has is a variable already.
  if (tree.kind === "context" && named?.startsWith("env.") === true) {
    const variable = expression.source.split(".")[1] ?? "";
    if (/^[A-Za-z_]\w*$/.test(variable)) return { name: variable, value: text, isNew: false };
  }
  const base = variableName(named ?? "value");
  const used = new Set([
    ...namesIn(step.env),
    ...(file.kind === "workflow" ? namesIn(file.env) : []),
    ...planned.keys(),
  ]);
  for (let count = 1; count < 100; count++) {
    const name = count === 1 ? base : `${base}_${count}`;
    // A script that has the name may set it.
    if (!used.has(name) && !scalar.value.includes(name)) return { name, value: text, isNew: true };
  }
  return undefined;
}

const namesIn = (fields: readonly Field[]): string[] => fields.map(({ key }) => key.value.toUpperCase());

/** `github.event.issue.title` → ISSUE_TITLE, `steps.meta.outputs.tag` → META_TAG, `inputs.name` → INPUTS_NAME. */
function variableName(context: string): string {
  const short = context
    .replace(/^github\.event\./, "")
    .replace(/^(?:steps|needs)\.([^.]*)\.outputs\./, "$1.")
    .replace(/^github\./, "");
  const name = short
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, "_")
    .replace(/^_/, "")
    .replace(/_$/, "");
  if (name === "" || /^\d/.test(name)) return `VALUE${name === "" ? "" : `_${name}`}`;
  return TAKEN.test(name) ? `VALUE_${name}` : name;
}

/** As the value of an entry: an expression needs no quotes, whatever its text, but for what YAML reads in it. */
function asScalar(expression: string): string {
  const line = expression
    .split("\n")
    .map((part) => part.trim())
    .join(" ");
  return /: | #/.test(line) ? `'${line.replaceAll("'", "''")}'` : line;
}

function placed(
  name: string,
  { code, expression }: Use,
  file: GithubFile,
  source: PipelineSource,
): { readonly edit: TextEdit; readonly graded: Graded } | undefined {
  const { text, step } = code;
  const span = expressionSpan(source, text, expression);
  const offset = offsetOf(text, expression);
  if (span === undefined || offset === undefined) return undefined;
  if (step.kind === "uses") return inScript(name, code, span, offset, source);
  const { program } = shellOf(step, { file, ...(code.job === undefined ? {} : { job: code.job }) });
  if (isPosixShell(program) && isSoleString(text, source, span)) {
    return { edit: edit(source, span.start - 1, span.end + 1, `"\${${name}}"`), graded: QUOTED };
  }
  const put = isPosixShell(program)
    ? posix(name, posixSurroundings(text.value, offset))
    : isPowerShell(program)
      ? powerShell(name, powerShellSurroundings(text.value, offset))
      : undefined;
  const replacement = put === undefined ? undefined : inStyle(text, put.text);
  if (put === undefined || replacement === undefined) return undefined;
  return { edit: edit(source, span.start, span.end, replacement), graded: put.graded };
}

/** `'${{ … }}'` of a shell: the quotes go with it. */
function isSoleString(text: Text, { text: file }: PipelineSource, { start, end }: Span): boolean {
  if (text.style === "single" || text.style === "double") return false;
  const at = text.value.indexOf(file.slice(start, end));
  const isOne = at > 0 && text.value.indexOf(file.slice(start, end), at + 1) < 0;
  return (
    isOne &&
    file.charAt(start - 1) === "'" &&
    file.charAt(end) === "'" &&
    posixSurroundings(text.value, at) === "single"
  );
}

interface Span {
  readonly start: number;
  readonly end: number;
}

interface Put {
  readonly text: string;
  readonly graded: Graded;
}

function posix(name: string, where: Surroundings): Put | undefined {
  switch (where) {
    case "double":
      return { text: `\${${name}}`, graded: QUOTED };
    case "here":
      return { text: `\${${name}}`, graded: QUOTED };
    case "word":
      return { text: `"\${${name}}"`, graded: WORDS };
    case "single":
      return { text: `'"\${${name}}"'`, graded: QUOTED };
    default:
      return undefined;
  }
}

function powerShell(name: string, where: Surroundings): Put | undefined {
  if (where === "double") return { text: `\${env:${name}}`, graded: ELSEWHERE };
  return where === "word" ? { text: `\${env:${name}}`, graded: ELSEWHERE } : undefined;
}

/** JavaScript of actions/github-script: a string that is the expression alone becomes the variable. */
function inScript(
  name: string,
  { text, what }: CodeText,
  { start, end }: Span,
  offset: number,
  source: PipelineSource,
): { readonly edit: TextEdit; readonly graded: Graded } | undefined {
  if (what !== "script of actions/github-script" || (text.style !== "literal" && text.style !== "folded"))
    return undefined;
  const close = text.value.indexOf("}}", offset) + 2;
  const [before, after] = [text.value.charAt(offset - 1), text.value.charAt(close)];
  const quotes = source.text.charAt(start - 1) + source.text.charAt(end);
  if (before !== after || !["''", '""', "``"].includes(quotes) || quotes !== before + after) return undefined;
  return { edit: edit(source, start - 1, end + 1, `process.env.${name}`), graded: ELSEWHERE };
}
