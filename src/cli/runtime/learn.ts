/** `runtime learn`: what workloads did, and the profiles that follow from it. */
import { counted } from "../../core/counted.ts";
import { type Problem, usageProblem } from "../../core/problem.ts";
import { trimTo } from "../../core/trim.ts";
import type { Learned, LearnedWorkload } from "../../engines/events/learn/model.ts";
import { writeWhole } from "../../engines/files/write.ts";
import { observedLines } from "../../fix/learned/observed.ts";
import { operatorProfile, seccompProfile } from "../../fix/learned/seccomp.ts";
import { neededVolumes } from "../../fix/learned/volumes.ts";
import { type Plain, writeYaml } from "../../formats/yaml/write.ts";
import { renderLearned } from "../../report/runtime/learned.ts";
import { learnFiles, mergeLearnedFiles } from "../../scan/runtime-learn.ts";
import { knownWord } from "../known-word.ts";
import { writeStream } from "../write-stream.ts";
import type { LearnHereCommandOptions } from "./learn-here.ts";
import { learnedView, nameOf } from "./learned-view.ts";

export interface LearnOutputOptions {
  readonly format: string;
  readonly output?: string;
  readonly workload?: string;
}

export interface LearnCommandOptions extends LearnOutputOptions, LearnHereCommandOptions {
  readonly hours?: string;
}

const formats = [...(["text", "json", "seccomp", "spo", "capabilities", "volumes", "network", "executables"] as const)];
export type LearnedFormat = (typeof formats)[number];

/** `bulkhead runtime learn [RECORDING…]`: 3 where one could not be read to its end, the sensor ended early, or nothing was seen. */
export async function runtimeLearn(names: readonly string[], options: LearnCommandOptions): Promise<number> {
  const format = formatOf(options);
  const hours = hoursOf(options.hours ?? "24");
  if (names.length === 0) {
    const { learned, whole } = await (await import("./learn-here.ts")).learnThisHost(options, hours);
    await writeLearned(learned, format, options);
    return whole && learned.workloads.length > 0 ? 0 : 3;
  }
  const ofHost = (["sensor", "for"] as const).find((name) => options[name] !== undefined);
  if (ofHost !== undefined) throw usageProblem(`--${ofHost}`, "means nothing for a recording");
  if (names.filter((name) => name === "-").length > 1) throw usageProblem("-", "standard input is read once");
  const { learned, problems } = await learnFiles(names, { hours });
  for (const problem of problems) process.stderr.write(`${problem.line()}\n`);
  await writeLearned(learned, format, options);
  return problems.length > 0 || learned.workloads.length === 0 ? 3 : 0;
}

export interface MergeCommandOptions extends LearnOutputOptions {
  readonly hours?: string;
}

/** `bulkhead runtime learn merge FILE…` */
export async function runtimeLearnMerge(names: readonly string[], options: MergeCommandOptions): Promise<number> {
  const format = formatOf(options);
  const learned = mergeLearnedFiles(names, options.hours === undefined ? undefined : hoursOf(options.hours));
  await writeLearned(learned, format, options);
  return learned.workloads.length === 0 ? 3 : 0;
}

/** @throws Problem (usage) */
export function formatOf({ format }: LearnOutputOptions): LearnedFormat {
  return knownWord(format, formats, { place: `--format ${format}`, what: "format" });
}

/** @throws Problem (usage) */
export function hoursOf(text: string): number {
  const hours = Number(text);
  if (text.trim() === "" || !Number.isFinite(hours) || hours < 0 || hours > 100_000)
    throw usageProblem(`--hours ${text}`, "not a number of hours", "write --hours 24");
  return hours;
}

/** To standard output, or in one step to a file. @throws Problem (usage) where a profile is of one workload and several are there */
export async function writeLearned(
  learned: Learned,
  format: LearnedFormat,
  options: LearnOutputOptions,
): Promise<void> {
  const chosen = chooseWorkloads(learned, options.workload);
  const pieces = [...piecesOf({ ...learned, workloads: chosen }, format)];
  if (options.output === undefined) await writeStream(process.stdout, pieces);
  else writeWhole(options.output, pieces.join(""), { mode: 0o644 });
  if (format === "text" || format === "json") return;
  for (const { of, watched } of chosen) {
    if (!watched.complete)
      process.stderr.write(`bulkhead: ${nameOf(of)} is incomplete: ${watched.missing.join("; ")}\n`);
  }
}

/** By its name, its container's, or the end of the whole: `api`, `shop/Deployment/api/api`. */
export function chooseWorkloads({ workloads }: Learned, wanted: string | undefined): readonly LearnedWorkload[] {
  if (wanted === undefined) return workloads;
  const chosen = workloads.filter(
    ({ of }) => of.container === wanted || of.name === wanted || `/${nameOf(of)}`.endsWith(`/${wanted}`),
  );
  if (chosen.length > 0) return chosen;
  throw usageProblem(
    `--workload ${wanted}`,
    "nothing was learned of it",
    workloads.length === 0 ? undefined : `one of ${workloads.map(({ of }) => nameOf(of)).join(", ")}`,
  );
}

function* piecesOf(learned: Learned, format: LearnedFormat): Generator<string> {
  switch (format) {
    case "text":
      yield renderLearned(learnedView(learned));
      return;
    case "json":
      yield `${JSON.stringify(learned, null, 2)}\n`;
      return;
    case "network":
      for (const line of observedLines(learned)) yield `${JSON.stringify(line)}\n`;
      return;
    case "spo":
      for (const workload of learned.workloads) yield `---\n${writeYaml(operatorObject(workload))}`;
      return;
    default:
      yield* ofOne(only(learned, format), format);
  }
}

function* ofOne(
  workload: LearnedWorkload,
  format: "seccomp" | "capabilities" | "volumes" | "executables",
): Generator<string> {
  switch (format) {
    case "seccomp": {
      const profile = seccompProfile(workload);
      if (profile === undefined) throw noSyscalls(workload);
      yield `${JSON.stringify(profile, null, 2)}\n`;
      return;
    }
    case "capabilities": {
      const { capabilities } = workload;
      if (capabilities === undefined) throw noSyscalls(workload);
      for (const name of capabilities.used) yield `${name}\n`;
      return;
    }
    case "volumes":
      yield `${JSON.stringify(neededVolumes(workload), null, 2)}\n`;
      return;
    case "executables":
      for (const { path } of workload.executables) yield `${path}\n`;
      return;
  }
}

function only({ workloads }: Learned, format: string): LearnedWorkload {
  const [one, ...more] = workloads;
  if (one !== undefined && more.length === 0) return one;
  throw usageProblem(
    `--format ${format}`,
    `${counted(workloads.length, "workload")} learned, and it is of one`,
    `name it: --workload ${workloads.length === 0 ? "NAME" : nameOf((one as LearnedWorkload).of)}`,
  );
}

function operatorObject(workload: LearnedWorkload): Plain {
  const name = trimTo(
    [workload.of.name, workload.of.container]
      .filter((part, index, all) => part !== undefined && all.indexOf(part) === index)
      .join("-")
      .toLowerCase()
      .replace(/[^a-z0-9.-]+/g, "-"),
    /[a-z0-9]/,
  );
  const made = operatorProfile(workload, name === "" ? "learned" : name.slice(0, 200));
  if (made === undefined) throw noSyscalls(workload);
  return made;
}

function noSyscalls({ of }: LearnedWorkload): Problem {
  return usageProblem(
    nameOf(of),
    "its system calls were not learned",
    "they are told by the sensor alone: bulkhead runtime learn, without a recording",
  );
}
