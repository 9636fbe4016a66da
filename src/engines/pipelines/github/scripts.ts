/** What the `run` steps of a file run, command by command. */
import { append } from "../../../core/append.ts";
import { createSource, type MappedText, type Source, type Stretch } from "../../dockerfile/mapped-text.ts";
import { readShell } from "../../dockerfile/shell/read.ts";
import { extractExpressions } from "../expressions/extract.ts";
import type { Place, UnreadField } from "../field.ts";
import { mappedScalar } from "../gitlab/script.ts";
import type { Action, RunStep, ScriptCommand, Scripts, StepsJob, Workflow } from "./model.ts";
import { powerShellCommands } from "./powershell.ts";

/** A file whose scripts are not read yet. */
type Unread = Omit<Workflow, "runScripts"> | Omit<Action, "runScripts">;

/**
 * The file with its scripts, which are read whenever they are asked for: taken apart they are larger than all else of it. That
 * its lifecycle asks once more, where one may act on an image, costs less than to keep those of a thousand files.
 *
 * @param text - that the file was read from
 */
export function withScripts<File extends Unread>(text: string, file: File): File & { readonly runScripts: Scripts } {
  const get = () => readScripts(text, file);
  return Object.defineProperty(file, "runScripts", { get }) as File & { readonly runScripts: Scripts };
}

function readScripts(text: string, file: Unread): Scripts {
  const source = createSource(text);
  const commands: ScriptCommand[] = [];
  const unread: UnreadField[] = [];
  for (const { step, job } of runSteps(file)) {
    const own = readScript(source, step, shellOf(step, job, file));
    const of = job === undefined ? { step } : { step, job };
    append(
      commands,
      own.commands.map((command): ScriptCommand => ({ ...command, ...of })),
    );
    if (own.unread !== undefined) unread.push(own.unread);
  }
  return { commands, unread };
}

function runSteps(file: Unread): { readonly step: RunStep; readonly job?: StepsJob }[] {
  const jobs = file.kind === "action" ? [] : file.jobs.filter((job) => job.kind === "steps");
  const all = file.kind === "action" ? file.steps.map((step) => ({ step })) : jobs.flatMap(stepsOf);
  return all.flatMap(({ step, ...more }) => (step.kind === "run" ? [{ step, ...more }] : []));
}

function stepsOf(job: StepsJob) {
  return job.steps.map((step) => ({ step, job }));
}

/** `msys2` is what msys2/setup-msys2 calls its bash. */
const POSIX: ReadonlySet<string> = new Set(["bash", "sh", "dash", "ash", "zsh", "ksh", "msys2"]);
const POWERSHELL: ReadonlySet<string> = new Set(["pwsh", "powershell"]);

/**
 * The program that reads the script ("Workflow syntax", `jobs.<job_id>.steps[*].shell`, `defaults.run.shell`): bash, or
 * pwsh on a runner whose label says Windows. Of a shell that an expression names it is taken to be bash.
 */
function shellOf({ shell }: RunStep, job: StepsJob | undefined, file: Unread): string {
  const workflow = file.kind === "workflow" ? file : undefined;
  const stated = shell ?? job?.defaults?.shell ?? workflow?.defaults?.shell;
  if (stated !== undefined && stated.expressions.length === 0) {
    const first = stated.value.trim().split(/\s/, 1)[0] ?? "";
    return (first.split(/[\\/]/).at(-1) ?? first).toLowerCase().replace(/\.exe$/, "");
  }
  if (stated !== undefined || job === undefined || job.container !== undefined) return "bash";
  return job.runsOn.labels.some(({ value }) => /^windows(?:-|$)/i.test(value)) ? "pwsh" : "bash";
}

interface OwnScript {
  readonly commands: readonly Omit<ScriptCommand, "step" | "job">[];
  readonly unread?: UnreadField;
}

function readScript(source: Source, { run }: RunStep, shell: string): OwnScript {
  const { path } = run.place;
  const placed = ({ start, end, line, column }: ReturnType<MappedText["range"]>): Place => ({
    path,
    start,
    end,
    line,
    column,
  });
  const mapped = mappedScalar(run, source);
  if (POWERSHELL.has(shell)) {
    const commands = powerShellCommands(mapped.text).map(({ words, start, end }) => ({
      words,
      place: placed(mapped.range(start, end)),
      shell: "powershell" as const,
    }));
    return { commands };
  }
  if (!POSIX.has(shell)) {
    return { commands: [], unread: { place: run.place, reason: `a script of ${shell} is not read` } };
  }
  const { commands, trouble } = readShell(withoutExpressions(mapped));
  const own = commands.flatMap((command) => {
    const words = command.programWord === undefined ? command.words : [command.programWord, ...command.arguments];
    const texts = words.map(({ text }) => text);
    return texts.length === 0 ? [] : [{ words: texts, place: placed(command.range), shell: "posix" as const, command }];
  });
  if (trouble === undefined) return { commands: own };
  return { commands: own, unread: { place: placed(trouble.range), reason: `a script ${trouble.reason}` } };
}

/** An expression is filled in before the shell reads the script: here it is a variable that nobody knows. */
function withoutExpressions(mapped: MappedText): MappedText {
  const found = extractExpressions(mapped.text);
  if (found.length === 0) return mapped;
  const stretches: Stretch[] = [];
  let from = 0;
  for (const { start, end } of found) {
    stretches.push({ start: from, end: start }, { start, end, text: EXPRESSION });
    from = end;
  }
  return mapped.pick([...stretches, { start: from, end: mapped.text.length }]);
}

/** Braces, so that what follows is not of its name. */
const EXPRESSION = `\${_expression_}`;

/** Words of a script as its author wrote them, but for what its expressions say. */
export function asWritten(words: string): string {
  return words.replaceAll(EXPRESSION, "${{ … }}");
}
