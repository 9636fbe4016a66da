/** Steps that take what another run has stored. */
import type { Place, Step, Text } from "../../../engines/pipelines/model.ts";
import { FOREIGN_COMMANDS, FOREIGN_DOWNLOADS } from "../../knowledge/artifact-downloads.ts";
import { actionName, isAction } from "./steps.ts";
import { inputOf } from "./uses.ts";

export interface Download {
  readonly by: string;
  readonly place: Place;
  /** Its directory is none that the job works in. */
  readonly isOutside: boolean;
}

/** Undefined of artifacts of the same run. */
export function foreignDownload(step: Step): Download | undefined {
  if (step.kind === "run") return downloadByCommand(step.run);
  const by = actionName(step.uses);
  if (isAction(step.uses, "actions/github-script")) {
    const script = inputOf(step.with, "script");
    if (script === undefined || !script.value.includes("downloadArtifact")) return undefined;
    return { by, place: script.place, isOutside: /RUNNER_TEMP|runner\.temp|os\.tmpdir|\/tmp\//.test(script.value) };
  }
  const inputs = FOREIGN_DOWNLOADS[by.toLowerCase()];
  if (inputs === undefined) return undefined;
  if (inputs.length > 0 && !inputs.some((input) => inputOf(step.with, input) !== undefined)) return undefined;
  return { by, place: step.uses.text.place, isOutside: isOutsidePath(inputOf(step.with, "path")?.value) };
}

function downloadByCommand(script: Text): Download | undefined {
  const command = FOREIGN_COMMANDS.find((one) => script.value.includes(one));
  if (command === undefined) return undefined;
  const line = script.value.slice(script.value.indexOf(command)).split("\n", 1)[0] ?? "";
  const target = /(?:-D|--dir)[ =]["']?([^\s"']{1,200})/.exec(line)?.[1];
  return { by: command, place: script.place, isOutside: isOutsidePath(target) };
}

function isOutsidePath(path: string | undefined): boolean {
  if (path === undefined) return false;
  return /^\s*(?:\$\{\{\s*runner\.temp\s*\}\}|\$\{?RUNNER_TEMP\}?|\/tmp(?:\/|$))/.test(path);
}
