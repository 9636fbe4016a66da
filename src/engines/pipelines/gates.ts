/** Steps that look for known vulnerabilities in images, and whether what they find stops the pipeline. */
import type { GateStep, Pipeline, ScanStep } from "./model.ts";
import { type ScannerRun, scannerRunOf } from "./scanners.ts";

/** Every step that scans, in the pipelines' order. */
export function scanSteps(pipelines: readonly Pipeline[]): ScanStep[] {
  return pipelines.flatMap((pipeline) =>
    pipeline.jobs
      .filter(({ disabled }) => !disabled)
      .flatMap((job) =>
        job.steps.flatMap((step) =>
          scansOf(step).map(({ scanner, ignored }): ScanStep => {
            const why = job.mayFail ? "its job may fail" : step.mayFail ? "the step may fail" : ignored;
            return {
              pipeline: pipeline.path,
              job: job.name,
              line: step.line,
              column: step.column,
              scanner,
              ...(why === undefined ? {} : { ignored: why }),
            };
          }),
        ),
      ),
  );
}

function scansOf(step: GateStep): ScannerRun[] {
  if (step.uses !== undefined) {
    const inputs = new Map(Object.entries(step.with).map(([name, value]) => [name.toLowerCase(), value]));
    const name = (step.uses.split("@")[0] ?? "").toLowerCase();
    const run = scannerRunOf({ kind: "action", name, inputs });
    return run === undefined ? [] : [run];
  }
  return commandsOf(step.run ?? "").flatMap((command) => {
    const words = command.split(/\s+/).map((word) => word.replace(/^["']|["']$/g, ""));
    const run = scannerRunOf({ kind: "command", words });
    if (run === undefined) return [];
    const isThrownAway = /\|\|\s*(?:true|:|exit\s+0|echo\b)/.test(command);
    return isThrownAway ? [{ ...run, ignored: "its exit code is thrown away" }] : [run];
  });
}

/** Lines of a script with the continued ones joined; what is behind a `#` is no command. */
function commandsOf(script: string): string[] {
  return script
    .replace(/\\\r?\n/g, " ")
    .split("\n")
    .map((line) => withoutComment(line).trim())
    .flatMap((line) => line.split(/;|&&/))
    .filter((command) => command !== "");
}

/** A `#` begins one at the start of a word. */
function withoutComment(line: string): string {
  const at = line.search(/(?<=^|\s)#/);
  return at === -1 ? line : line.slice(0, at);
}
