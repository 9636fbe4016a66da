/** Steps that look for known vulnerabilities in images, and whether what they find stops the pipeline. */
import type { GateJob, GateStep, Pipeline, ScanStep } from "./model.ts";
import {
  exportedBy,
  NO_SCANNER_FILES,
  type ScannerFile,
  type ScannerFiles,
  type ScannerSettings,
  setForLater,
} from "./scanner-settings.ts";
import { type ScannerRun, scannerRunOf } from "./scanners.ts";
import { afterSet, LOOKS_AT_CODES, LOST_BEHIND, LOST_IN_PIPE, type ScriptOptions, STRICT } from "./script-options.ts";

/**
 * Every step that scans, in the pipelines' order.
 *
 * @param files - by which scanners are configured
 */
export function scanSteps(pipelines: readonly Pipeline[], files: ScannerFiles = NO_SCANNER_FILES): ScanStep[] {
  return pipelines.flatMap((pipeline) =>
    pipeline.jobs
      .filter(({ disabled }) => !disabled)
      .flatMap((job) =>
        scansOfJob(job, pipeline.system, files).map(({ step, run: { scanner, ignored, unknown } }): ScanStep => {
          const why = job.mayFail ? "its job may fail" : step.mayFail ? "the step may fail" : ignored;
          return {
            pipeline: pipeline.path,
            job: job.name,
            line: step.line,
            column: step.column,
            scanner,
            ...(why === undefined ? {} : { ignored: why }),
            ...(why === undefined && unknown !== undefined ? { unknown } : {}),
          };
        }),
      ),
  );
}

/** The files that scanners of these pipelines may be configured by, relative to the root: what reads them is no engine. */
export function scannerFilesOf(pipelines: readonly Pipeline[]): readonly string[] {
  const asked = new Set<string>();
  const absent: ScannerFile = { state: "absent" };
  scanSteps(pipelines, (path) => {
    asked.add(path);
    return absent;
  });
  return [...asked].sort();
}

interface Found {
  readonly step: GateStep;
  readonly run: ScannerRun;
}

function scansOfJob(job: GateJob, system: Pipeline["system"], files: ScannerFiles): Found[] {
  const later = new Map<string, string>();
  return scriptsOf(job, system).flatMap((steps) => {
    const found = scansOf(steps, later, files);
    for (const { run = "" } of steps) for (const [name, value] of setForLater(run)) later.set(name, value);
    return found;
  });
}

/** Of GitHub each step is a script; of GitLab all lines of a job are one, but for those after it. */
function scriptsOf({ steps }: GateJob, system: Pipeline["system"]): GateStep[][] {
  if (system === "github") return steps.map((step) => [step]);
  return [steps.filter(({ mayFail }) => !mayFail), steps.filter(({ mayFail }) => mayFail)];
}

function scansOf(steps: readonly GateStep[], later: ReadonlyMap<string, string>, files: ScannerFiles): Found[] {
  const [first] = steps;
  if (first === undefined) return [];
  const script = steps.map(({ run }) => run ?? "").join("\n");
  const settings: ScannerSettings = {
    variables: new Map([...later, ...Object.entries(first.variables), ...exportedBy(script)]),
    ...(first.folder === undefined ? {} : { folder: first.folder }),
    files,
  };
  if (first.uses !== undefined) {
    const inputs = new Map(Object.entries(first.with).map(([name, value]) => [name.toLowerCase(), value]));
    const name = (first.uses.split("@")[0] ?? "").toLowerCase();
    const run = scannerRunOf({ kind: "action", name, inputs }, settings);
    return run === undefined ? [] : [{ step: first, run }];
  }
  const commands = steps.flatMap((step) => commandsOf(step.run ?? "").map((text) => ({ step, text })));
  let options: ScriptOptions = first.options ?? STRICT;
  return commands.flatMap(({ step, text }, at) => {
    const words = wordsOf(text);
    if (words[0] === "set") options = afterSet(options, words.slice(1));
    const run = scanIn(text, script, options, at === commands.length - 1, settings);
    return run === undefined ? [] : [{ step, run }];
  });
}

function scanIn(
  command: string,
  script: string,
  { errexit, pipefail }: ScriptOptions,
  isLast: boolean,
  settings: ScannerSettings,
): ScannerRun | undefined {
  const piped = pipeOf(command);
  for (const [at, text] of piped.entries()) {
    const run = scannerRunOf({ kind: "command", words: wordsOf(text) }, settings);
    if (run === undefined) continue;
    const lost = (ignored: string): ScannerRun => ({ scanner: run.scanner, ignored });
    if (/\|\|\s*(?:true|:|exit\s+0|echo\b)/.test(command)) return lost("its exit code is thrown away");
    if (run.ignored !== undefined || LOOKS_AT_CODES.test(script)) return run;
    if (at < piped.length - 1 && !pipefail) return lost(LOST_IN_PIPE);
    return errexit || isLast ? run : lost(LOST_BEHIND);
  }
  return undefined;
}

function wordsOf(command: string): string[] {
  return command
    .trim()
    .split(/\s+/)
    .map((word) => word.replace(/^["']|["']$/g, ""));
}

/** What stands between pipes; one in quotes is none. */
function pipeOf(command: string): string[] {
  const parts: string[] = [];
  let from = 0;
  for (const { 0: found, index } of command.matchAll(/"(?:[^"\\]|\\.)*"|'[^']*'|\|\||\|&?/g)) {
    if (found !== "|" && found !== "|&") continue;
    parts.push(command.slice(from, index));
    from = index + found.length;
  }
  return [...parts, command.slice(from)];
}

/** Lines of a script with the continued ones joined; what is behind a `#` is no command. */
function commandsOf(script: string): string[] {
  return script
    .replace(/\\\r?\n/g, " ")
    .split("\n")
    .map((line) => withoutComment(line).trim())
    .join("\n")
    .replace(/(?<!\|)\|\n+/g, "| ")
    .split("\n")
    .flatMap((line) => line.split(/;|&&/))
    .map((command) => command.trim())
    .filter((command) => command !== "");
}

/** A `#` begins one at the start of a word. */
function withoutComment(line: string): string {
  const at = line.search(/(?<=^|\s)#/);
  return at === -1 ? line : line.slice(0, at);
}
