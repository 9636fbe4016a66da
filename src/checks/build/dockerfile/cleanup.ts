/** What a RUN leaves out of its layer: caches that it mounts, and what it deletes at its end. */
import type { Graded } from "../../../core/finding.ts";
import { trimEndOf } from "../../../core/trim.ts";
import type { CommandInstruction, Dockerfile, PlacedCommand, ShellCommand } from "../../../engines/dockerfile/model.ts";
import { insertBehind } from "./edits.ts";
import type { Detection } from "./lint-check.ts";
import { chainOf, shippedStages } from "./stages.ts";

/** Whether a mount over one of the folders, or over one that holds it, keeps it out of the layer. */
export function isMounted({ mounts }: CommandInstruction, ...folders: readonly string[]): boolean {
  return mounts.some(({ type, options }) => {
    const target = trimEndOf(options.get("target") ?? "", "/");
    return (
      (type === "cache" || type === "tmpfs") && folders.some((one) => one === target || one.startsWith(`${target}/`))
    );
  });
}

interface Deletion {
  /** Index of the command that deletes. */
  readonly by: number;
  readonly path: string;
}

const deletedBy = new WeakMap<CommandInstruction, readonly Deletion[]>();

/** What `rm` and `find` name, without a pattern at the end. Every check asks, so it is read once. */
function deletionsOf(instruction: CommandInstruction): readonly Deletion[] {
  const known = deletedBy.get(instruction);
  if (known !== undefined) return known;
  const deletions: Deletion[] = [];
  for (const { index, program, arguments: words } of instruction.commands) {
    if (program !== "rm" && program !== "find") continue;
    for (const { text } of words) {
      const path = text
        .replace(/^(?:~|\$HOME|\$\{HOME\})(?=\/|$)/, "/root")
        .replace(/\/\{?\*.*$/s, "")
        .replace(/\/$/, "");
      if (path !== "") deletions.push({ by: index, path });
    }
  }
  deletedBy.set(instruction, deletions);
  return deletions;
}

/** Whether one of the folders, a folder that holds it, or what is in it is deleted behind the command that fills it. */
export function deletesBehind(
  instruction: CommandInstruction,
  { index }: ShellCommand,
  ...folders: readonly string[]
): boolean {
  return deletionsOf(instruction).some(
    ({ by, path }) =>
      by > index && folders.some((one) => one === path || one.startsWith(`${path}/`) || path.startsWith(`${one}/`)),
  );
}

/** The RUN's commands of the stages that are in the image. */
export function shippedRuns(
  dockerfile: Dockerfile,
  commands: readonly PlacedCommand[],
): (PlacedCommand & { readonly instruction: CommandInstruction; readonly stage: number })[] {
  const shipped = shippedStages(dockerfile);
  return commands.flatMap(({ command, instruction }) =>
    instruction.keyword === "RUN" && instruction.stage !== undefined && shipped.has(instruction.stage)
      ? [{ command, instruction, stage: instruction.stage }]
      : [],
  );
}

/** Adds a command at the RUN's end, where it then runs exactly when all before it did. */
export function appended(
  dockerfile: Dockerfile,
  { form, heredocs, commands }: CommandInstruction,
  command: string,
): NonNullable<Detection["fix"]> {
  const plain = commands.every(
    ({ after, within }) => (after === "" || after === "&&" || after === "|") && within.length === 0,
  );
  const text = `add at the end of the same RUN: && ${command}`;
  if (form.kind !== "shell" || heredocs.length > 0 || !plain || form.text.includes("#")) return text;
  return { text, edits: [insertBehind(dockerfile, form.range, ` && ${command}`)] };
}

/** Whether ENV of the stage, or of those that it is built on, sets the variable. */
export function isSet(dockerfile: Dockerfile, stage: number | undefined, ...names: readonly string[]): boolean {
  const last = stage === undefined ? undefined : dockerfile.stages[stage];
  if (last === undefined) return false;
  return chainOf(dockerfile, last).some(({ instructions }) =>
    instructions.some(
      (one) =>
        (one.keyword === "ENV" || one.keyword === "ARG") &&
        one.pairs.some(({ name, value }) => names.includes(name.text) && value !== undefined),
    ),
  );
}

/**
 * Where a step of the image behind this one may read what is taken away: then nobody knows whether it still builds.
 *
 * @param reads - met by the text of a step that may
 */
export function readLater(
  dockerfile: Dockerfile,
  instruction: CommandInstruction,
  reads: RegExp,
  what: string,
): Graded | undefined {
  const later = dockerfile.instructions.slice(dockerfile.instructions.indexOf(instruction) + 1);
  const reader = later.find(({ keyword, text, heredocs }) => {
    if (keyword !== "RUN" && keyword !== "ONBUILD") return false;
    return heredocs.length > 0 || reads.test(text);
  });
  if (reader === undefined) return undefined;
  return { grade: "likely", reason: `a later step may read ${what}` };
}
