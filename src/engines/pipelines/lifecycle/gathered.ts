/** What the jobs of a pipeline are found to do to images, command by command, whichever system runs them. */
import type { Redirection, ShellCommand } from "../../dockerfile/model.ts";
import { bounds } from "../bounds.ts";
import type { Place, Text } from "../field.ts";
import { asWritten } from "../github/scripts.ts";
import { NO_SCANNER_SETTINGS, type ScannerSettings, settingsBefore } from "../scanner-settings.ts";
import type { Act } from "./commands.ts";
import { type Known, namedImage } from "./image.ts";
import type { LifecycleStep, Mention, OpaqueStep } from "./model.ts";
import { opaqueOf } from "./opaque.ts";
import { actsOfCommand } from "./wrapped.ts";

export interface Gathered {
  readonly steps: LifecycleStep[];
  readonly opaque: OpaqueStep[];
  readonly mentions: Mention[];
}

export function startGathering(): Gathered {
  return { steps: [], opaque: [], mentions: [] };
}

/** Where a step stands, and what is known there. */
interface At {
  readonly path: string;
  readonly job: string;
  readonly index: number;
  readonly place: Place;
  readonly known: Known;
  readonly condition?: Text;
  /** Of a checkout before it. */
  readonly isShallow?: boolean;
  readonly system?: "gitlab";
  /** Of scanners; absent: nothing is set. */
  readonly settings?: ScannerSettings;
}

export function stepOf(
  act: Act,
  { path, job, index, place, known, condition, isShallow, system }: At,
  ignored?: string,
): LifecycleStep {
  const { image: written, ignored: own, history, ...more } = act;
  const image = written === undefined ? undefined : namedImage(written, known);
  const why = ignored ?? own;
  return {
    ...more,
    place,
    pipeline: path,
    job,
    index,
    ...(image === undefined ? {} : { image }),
    ...(condition === undefined ? {} : { condition }),
    ...(history === true && isShallow === true
      ? { shallow: system === "gitlab" ? "the last commits" : "one commit" }
      : {}),
    ...(why === undefined ? {} : { ignored: why }),
  };
}

interface RunCommand {
  readonly program: string;
  /** Its first word as it is written, `./scan.sh`. */
  readonly written: string;
  /** Its arguments. */
  readonly words: readonly string[];
  readonly redirections: readonly Redirection[];
  /** `TRIVY_EXIT_CODE=1` in front of it. */
  readonly assignments?: readonly string[];
}

/** What stands in front of a command, for {@link takeCommand}. */
export function setBy(command: ShellCommand | undefined): Pick<RunCommand, "assignments"> {
  const set = command?.assignments ?? [];
  return set.length === 0 ? {} : { assignments: set.map(({ name, value }) => `${name}=${value.text}`) };
}

/**
 * One command: what it does, or that nobody can tell what it does, and what it mentions.
 *
 * @param ignored - why its failure changes nothing
 */
export function takeCommand(into: Gathered, command: RunCommand, at: At, ignored: string | undefined): void {
  const { program, written, words, redirections, assignments = [] } = command;
  const { job, index, place, settings = NO_SCANNER_SETTINGS } = at;
  const acts = actsOfCommand(program, words, settingsBefore(assignments, settings));
  for (const act of acts) into.steps.push(stepOf(act, at, ignored));
  const opaque = acts.length > 0 ? undefined : opaqueOf(program, words, written);
  if (opaque !== undefined) into.opaque.push({ what: asWritten(opaque), place });
  const targets = redirections.flatMap(({ target }) => (target === undefined ? [] : [target.text]));
  for (const text of [...words, ...targets]) mention(into, { text, place, job, index, upload: false });
}

export function mention(into: { readonly mentions: Mention[] }, one: Mention): void {
  if (one.text.length > 1 && into.mentions.length < bounds.lifecycleMentions) into.mentions.push(one);
}
