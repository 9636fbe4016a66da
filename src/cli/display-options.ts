/** Options of every command that evaluates: what of the report `table` and `plain` show. They change no exit code. */
import type { Command } from "commander";
import { usageProblem } from "../core/problem.ts";
import { severities } from "../core/severity.ts";
import { type Display, groupings, layerNames, sortKeys } from "../report/display.ts";
import { knownWord } from "./known-word.ts";
import { collect, judging } from "./options.ts";

export interface DisplayOptions {
  readonly details: boolean;
  readonly groupBy?: string;
  readonly sort?: string;
  readonly severity?: string;
  readonly fixable: boolean;
  readonly layer: readonly string[];
  readonly check: readonly string[];
  readonly onlyNew: boolean;
}

/** Of every command that judges, and shows what came of it. */
export function evaluating(command: Command): Command {
  return displaying(judging(command));
}

export function displaying(command: Command): Command {
  return command
    .optionsGroup("Output:")
    .option("--details", "show the findings, not only the fixes", false)
    .option("--group-by <what>", "with --details: group the findings by asset or check (default: asset)")
    .option("--sort <by>", "order by severity, asset, check or fix (most findings resolved) (default: severity)")
    .option("--severity <level>", "show only findings at or above this severity; the exit code is unchanged")
    .option("--fixable", "show only findings with a fix; the exit code is unchanged", false)
    .option(
      "--layer <name>",
      "show only findings of this layer; repeatable; the exit code is unchanged",
      collect,
      [] as string[],
    )
    .option(
      "--check <pattern>",
      "show only findings of these checks: 'workload/*'; repeatable; the exit code is unchanged",
      collect,
      [] as string[],
    )
    .option("--only-new", "with --baseline: show only findings that are not in the baseline", false)
    .optionsGroup("");
}

/** @throws Problem (usage) for a word that an option does not take, and for --only-new without a baseline */
export function displayOf(options: DisplayOptions & { readonly baseline?: string | undefined }): Display {
  const { details, groupBy, sort, severity, fixable, layer, check, onlyNew } = options;
  if (onlyNew && options.baseline === undefined) {
    throw usageProblem("--only-new", "no baseline is given", "add --baseline FILE");
  }
  const level = severity === undefined ? undefined : oneOf("--severity", severity.toLowerCase(), severities);
  return {
    // Groups are of findings.
    details: details || groupBy !== undefined,
    groupBy: groupBy === undefined ? "asset" : oneOf("--group-by", groupBy, groupings),
    sort: sort === undefined ? "severity" : oneOf("--sort", sort, sortKeys),
    ...(level === undefined ? {} : { severity: level }),
    fixable,
    layers: layer.map((name) => oneOf("--layer", name, layerNames)),
    checks: check,
    onlyNew,
  };
}

function oneOf<Word extends string>(option: string, written: string, words: readonly Word[]): Word {
  return knownWord(written, words, { place: `${option} ${written}`, what: "value" });
}
