/**
 * A step of an image's history beside an instruction of a Dockerfile. Builders write the same instruction down in
 * different ways: `/bin/sh -c #(nop) COPY file:… in /srv` (Docker's first builder, buildah), `COPY a /srv # buildkit`.
 */

import type { Instruction, Word } from "../../engines/dockerfile/model.ts";
import { bounds } from "./bounds.ts";

/** A step of the history, read. */
export interface HistoryStep {
  readonly keyword: string;
  /** Behind the keyword; of RUN with the shell and the build arguments before the command. Cut off at the bound. */
  readonly text: string;
  /** The same without blanks, and without quotes and brackets as well. */
  readonly squeezed: string;
  readonly unquoted: string;
}

/** What a step must look like that an instruction made. */
export interface ExpectedStep {
  /** Of the instruction's first line, from 1. */
  readonly line: number;
  /** It runs or copies something: what other Dockerfiles hardly have in the same place. */
  readonly tells: boolean;
  /** Some builders write no step for it. */
  readonly mayLack: boolean;
  fits(step: HistoryStep): boolean;
}

const BUILDKIT = " # buildkit";
const NOTHING_RUN = /^\/bin\/sh -c #\(nop\) {1,4}/;
const INSTRUCTION =
  /^(RUN|COPY|ADD|ENV|LABEL|ARG|WORKDIR|USER|EXPOSE|VOLUME|STOPSIGNAL|SHELL|MAINTAINER|CMD|ENTRYPOINT|HEALTHCHECK|ONBUILD)\s+/;

export function readStep(createdBy: string): HistoryStep {
  const written = createdBy.endsWith(BUILDKIT) ? createdBy.slice(0, -BUILDKIT.length) : createdBy;
  const stated = written.replace(NOTHING_RUN, "");
  const keyword = INSTRUCTION.exec(stated);
  // Docker's first builder writes a command without RUN.
  const whole = keyword === null ? written : stated.slice(keyword[0].length);
  const text = whole.slice(0, bounds.stepLength);
  return { keyword: keyword?.[1] ?? "RUN", text, squeezed: squeezed(text), unquoted: unquoted(text) };
}

export function expectedStep(instruction: Instruction): ExpectedStep {
  const { keyword } = instruction;
  const fits = fitterOf(instruction);
  return {
    line: instruction.range.line,
    tells: keyword === "RUN" || keyword === "COPY" || keyword === "ADD",
    mayLack: keyword === "ARG",
    fits: (step) => step.keyword === keyword && fits(step),
  };
}

function fitterOf(instruction: Instruction): (step: HistoryStep) => boolean {
  switch (instruction.keyword) {
    case "RUN": {
      const { form, heredocs } = instruction;
      const written = form.kind === "exec" ? form.words.map(textOf).join("") : form.text;
      // BuildKit hands a heredoc that is all of the command to the shell without its two ends.
      const scripts = [written, ...heredocs.slice(0, 1).map(({ text }) => text)].map(squeezed).filter(Boolean);
      return ({ squeezed: told }) =>
        scripts.some((script) => told.endsWith(script) && isShell(told.slice(0, -script.length)));
    }
    case "CMD":
    case "ENTRYPOINT": {
      const { form } = instruction;
      const written = unquoted(form.kind === "exec" ? form.words.map(textOf).join("") : form.text);
      return (step) => step.unquoted.endsWith(written);
    }
    case "COPY":
    case "ADD": {
      const { sources, destination, heredocs } = instruction;
      const words = [...sources, destination].map(({ value }) => value);
      const all = heredocs.length > 0 || words.includes(undefined) ? undefined : squeezed(words.join(""));
      return ({ text, squeezed: told }) => {
        const first = /^(?:file|dir|multi):[0-9a-f]+ in (.+?) ?$/s.exec(text);
        if (first === null && all !== undefined) return told.endsWith(all);
        const place = first?.[1] ?? text.trimEnd().split(/\s+/).at(-1) ?? "";
        return destination.value === undefined || isSamePlace(place, destination.value);
      };
    }
    case "ENV":
    case "LABEL": {
      const { pairs } = instruction;
      const known = pairs.every(({ name, value }) => name.value !== undefined && value?.value !== undefined);
      const written = unquoted(pairs.map(({ name, value }) => `${name.value}=${value?.value}`).join(""));
      return (step) =>
        known
          ? step.unquoted === written
          : pairs.every(({ name }) => step.unquoted.includes(`${unquoted(name.text)}=`));
    }
    case "ARG": {
      // The value is the one that the build was given.
      const names = instruction.pairs.map(({ name }) => name.text);
      return ({ text }) => {
        const told = text.slice(0, ARGUMENTS_LENGTH).split(/[\s=]/);
        return names.every((name) => told.includes(name));
      };
    }
    case "WORKDIR": {
      const path = instruction.words[0]?.value;
      return ({ text }) => path === undefined || isSamePlace(text.trim(), path);
    }
    case "USER": {
      const user = instruction.words[0]?.value;
      return (step) => user === undefined || step.unquoted === unquoted(user);
    }
    default:
      // Ports, volumes, health checks: each builder prints them in its own language's form.
      return () => true;
  }
}

/** Of an ARG step, which many ARG instructions may be held against. */
const ARGUMENTS_LENGTH = 1_024;

/** What may stand before a command: nothing, a shell (`/bin/bash -o pipefail -c`), build arguments (`|1 A=b`). */
function isShell(before: string): boolean {
  return before === "" || before.startsWith("|") || /(?:-c|-command|\/s\/c)$/i.test(before.slice(-16));
}

/** A path of the history is absolute, and one of the Dockerfile may not be. */
function isSamePlace(told: string, written: string): boolean {
  const [a, b] = [lastComponent(told), lastComponent(written)];
  return a === b || b === "" || b === ".";
}

function lastComponent(path: string): string {
  return path.replace(/["']/g, "").split("/").filter(Boolean).at(-1) ?? "";
}

function textOf({ value, text }: Word): string {
  return value ?? text;
}

/** Builders differ in what they keep of blanks, and of the line breaks that a backslash takes away. */
function squeezed(text: string): string {
  return text.replace(/\\\r?\n|\s+/g, "");
}

function unquoted(text: string): string {
  return squeezed(text).replace(/["',[\]]/g, "");
}
