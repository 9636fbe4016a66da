import type { Command } from "commander";
import { checks } from "../../checks/index.ts";
import { severities } from "../../core/severity.ts";
import { groupings, layerNames, sortKeys } from "../../report/display.ts";
import { formats } from "../../report/formats.ts";
import { knownWord } from "../known-word.ts";
import { bashCompletion } from "./bash.ts";
import { fishCompletion } from "./fish.ts";
import { placesOf } from "./words.ts";
import { zshCompletion } from "./zsh.ts";

const shells = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/** `bulkhead completion SHELL`: a script made from the commands that there are. It runs nothing of ours later. */
export function completion(shell: string, program: Command): number {
  const names = Object.keys(shells) as (keyof typeof shells)[];
  const script = shells[knownWord(shell, names, { place: `completion ${shell}`, what: "shell" })];
  const values = {
    "--format": formats,
    "bulkhead image sbom --format": ["cyclonedx", "spdx"],
    "bulkhead init --pipeline": ["github", "gitlab"],
    "--fail-on": [...severities, "never"],
    "--group-by": groupings,
    "--sort": sortKeys,
    "--severity": severities,
    "--layer": layerNames,
    "--check": checks.map(({ id }) => id),
    "bulkhead completion": names,
    "bulkhead explain": checks.map(({ id }) => id),
    "bulkhead cache": ["status", "prune", "clear"],
  };
  process.stdout.write(script(placesOf(program, values)));
  return 0;
}
