/**
 * An image's history read as the Dockerfile that it came from, as far as builders write that down: the commands of RUN
 * with their build arguments, and what ADD and COPY state. What they were given otherwise (mounts, checksums, stages) is
 * not in it.
 */
import { hash } from "node:crypto";
import { bounds } from "./bounds.ts";
import type { Dockerfile } from "./model.ts";
import { parseDockerfile } from "./parse.ts";

export interface HistoryDockerfile {
  readonly dockerfile: Dockerfile;
  /** Line of the Dockerfile from which on a step of the history is written, in order. */
  readonly steps: readonly { readonly line: number; readonly step: number }[];
  /** Steps that are over the bound. */
  readonly omitted: number;
}

/** `|2 A=1 B=two words /bin/sh -c …`: build arguments that the step could see (Docker's builder and BuildKit). */
const ARGUMENTS = /^\|\d{1,4} /;

/** The shell before a command, the default one or another: `/bin/bash -o pipefail -c`. */
const SHELL = /\/(?:usr\/)?bin\/(?:ba|da|a|k|z)?sh(?: -?[a-zA-Z]{1,16}){0,6}? -[a-zA-Z]{0,16}c /;

/** What the builder before BuildKit, and buildah, put before instructions that run nothing. */
const NOTHING_RUN = /^\/bin\/sh -c #\(nop\) {1,4}/;

/**
 * @param history - its steps in order, `createdBy` as the image's config has it
 * @param first - index of the first step that is read
 * @returns undefined where no step says anything that can be judged
 */
export function dockerfileOfHistory(
  history: readonly { readonly createdBy: string }[],
  first = 0,
): HistoryDockerfile | undefined {
  const steps: { line: number; step: number }[] = [];
  const known = new Set<string>();
  let text = "FROM scratch\n";
  let line = 2;
  let omitted = 0;
  for (const [step, { createdBy }] of history.entries()) {
    if (step < first) continue;
    if (text.length + createdBy.length * 2 > bounds.historyLength) {
      omitted += 1;
      continue;
    }
    const written = instructionsOf(createdBy, known)
      .map((instruction) => `${instruction}\n`)
      .join("");
    if (written === "") continue;
    steps.push({ line, step });
    text += written;
    line += written.split("\n").length - 1;
  }
  if (steps.length === 0 && omitted === 0) return undefined;
  return { dockerfile: parseDockerfile("history", text), steps, omitted };
}

/** @param known - build arguments that an earlier step has, which grows */
function instructionsOf(createdBy: string, known: Set<string>): string[] {
  const isBuildKit = createdBy.endsWith(" # buildkit");
  const step = (isBuildKit ? createdBy.slice(0, -" # buildkit".length) : createdBy).trim();
  if (NOTHING_RUN.test(step)) return statedBy(step.replace(NOTHING_RUN, ""), known);
  if (isBuildKit && step.startsWith("RUN ")) return runOf(step.slice("RUN ".length), known);
  if (ARGUMENTS.test(step) || SHELL.exec(step)?.index === 0) return runOf(step, known);
  return statedBy(step, known);
}

function statedBy(instruction: string, known: Set<string>): string[] {
  // A line break would begin another instruction.
  if (instruction.includes("\n") || instruction.endsWith("\\")) return [];
  if (/^(?:ADD|COPY) /.test(instruction)) return [instruction];
  return instruction.startsWith("ARG ") ? argumentsIn(instruction.slice("ARG ".length), known) : [];
}

function runOf(step: string, known: Set<string>): string[] {
  const shell = SHELL.exec(step);
  const given = ARGUMENTS.exec(step)?.[0] ?? "";
  const isGiven = given !== "" && shell !== null;
  const stated = isGiven ? argumentsIn(step.slice(given.length, shell.index), known) : [];
  const script = shell !== null && (isGiven || shell.index === 0) ? step.slice(shell.index + shell[0].length) : step;
  if (script.trim() === "") return stated;
  // As a heredoc the script stays as it is; no text holds its own hash.
  const end = `END${hash("sha256", script).slice(0, 32)}`;
  return [...stated, `RUN <<'${end}'\n${script}\n${end}`];
}

/** `A=1 B=two words`, each once: every later step repeats them. Those without a value give nothing away. */
function argumentsIn(text: string, known: Set<string>): string[] {
  return text
    .trim()
    .split(/ (?=[A-Za-z_]\w{0,127}=)/)
    .flatMap((pair) => {
      const name = /^[A-Za-z_]\w{0,127}(?==)/.exec(pair)?.[0];
      if (name === undefined || known.has(pair)) return [];
      known.add(pair);
      const value = pair.slice(name.length + 1).replace(/[\r\n]+/g, " ");
      return [`ARG ${name}="${value.replace(/["\\$]/g, "\\$&")}"`];
    });
}
