/** What an image is that is built from a Dockerfile, as the product reads the file: user, variables, ports and labels. */
import { type ExposedPort, exposedPorts } from "../../../src/checks/build/dockerfile/ports.ts";
import type { Dockerfile, Instruction, Stage, Word } from "../../../src/engines/dockerfile/model.ts";
import type { Reading } from "../differential.ts";
import { readingOf, Undecided } from "../dockerfile/ours.ts";

/** What is compared: of both sides as one text. */
export interface Built {
  readonly user: string;
  readonly env: Readonly<Record<string, string>>;
  readonly ports: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

export function written({ user, env, ports, labels }: Built): string {
  const sorted = (pairs: Readonly<Record<string, string>>) =>
    Object.entries(pairs).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([user, sorted(env), [...new Set(ports)].sort(), sorted(labels)]);
}

export function readByUs(bytes: Buffer): Reading {
  return readingOf(bytes, (dockerfile) => written(builtFrom(dockerfile)));
}

function builtFrom(dockerfile: Dockerfile): Built {
  const { stages } = dockerfile;
  const steps = stages.length === 0 ? [] : stepsOf(stages, stages[stages.length - 1] as Stage);
  let user = "";
  const env: Record<string, string> = {};
  const labels: Record<string, string> = {};
  for (const step of steps) {
    if (step.keyword === "USER") user = plain(step.words[0]);
    else if (step.keyword === "ENV" || step.keyword === "LABEL") {
      const into = step.keyword === "ENV" ? env : labels;
      for (const { name, value } of step.pairs) into[plain(name)] = plain(value);
    }
  }
  const instructions = steps.filter(({ keyword }) => keyword === "EXPOSE");
  return { user, env, ports: exposedPorts({ ...dockerfile, instructions }).flatMap(portsOf), labels };
}

function portsOf({ word, range, namesHost }: ExposedPort): string[] {
  const value = plain(word);
  if (range === undefined || namesHost) throw new Undecided(`${value} is no port, and a finding`);
  const protocol = value.split("/")[1]?.toLowerCase() || "tcp";
  return Array.from({ length: range.last - range.first + 1 }, (_, nth) => `${range.first + nth}/${protocol}`);
}

/** Of the stage, and before them those of the stages below it. */
function stepsOf(stages: readonly Stage[], { from, triggered, instructions }: Stage): Instruction[] {
  const below = from.origin?.kind === "stage" ? stages[from.origin.index] : undefined;
  return [...(below === undefined ? [] : stepsOf(stages, below)), ...triggered, ...instructions];
}

function plain(word: Word | undefined): string {
  if (word?.disputed) throw new Undecided(`${word.raw} is disputed`);
  const value = word?.value ?? word?.stated;
  if (value === undefined) throw new Undecided(`${word?.raw} is not decided`);
  return value;
}
