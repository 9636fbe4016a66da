import type { CommandInstruction, Dockerfile, Instruction } from "../../engines/dockerfile/model.ts";
import { replaceRange } from "./dockerfile/edits.ts";
import { type Detection, dockerfileCheck } from "./dockerfile/lint-check.ts";
import { chainOf, stepsOf } from "./dockerfile/stages.ts";

const ARGUMENTS = { grade: "needs knowledge", reason: "it gets CMD's words as arguments then" } as const;

/** The exec form, where one plain command with plain words is all that the shell would run. */
function execForm(
  dockerfile: Dockerfile,
  { keyword, form, commands, shell }: CommandInstruction,
  stage: readonly Instruction[],
): NonNullable<Detection["fix"]> {
  const text = 'write it as a JSON array: ["program", "argument"]';
  const [command, ...more] = commands;
  if (command === undefined || more.length > 0 || shell !== "posix" || form.kind !== "shell") return text;
  const plain =
    command.assignments.length === 0 &&
    command.redirections.length === 0 &&
    command.within.length === 0 &&
    command.range.start === form.range.start &&
    command.range.end === form.range.end &&
    command.words.every(({ literal, quoted, text: word }) => literal && (quoted || !/[*?[~{]/.test(word))) &&
    command.words[0]?.text !== "exec";
  if (!plain) return text;
  const words = command.words.map((word) => JSON.stringify(word.text)).join(", ");
  const gets = keyword === "ENTRYPOINT" && stage.some((one) => one.keyword === "CMD");
  return {
    text: `use the exec form: [${words}]`,
    edits: [replaceRange(dockerfile, form.range, `[${words}]`)],
    graded: gets ? ARGUMENTS : undefined,
  };
}

/** A shell between the container's start and its program (Dockerfile reference, "Shell form ENTRYPOINT example"). */
export const shellFormEntrypoint = dockerfileCheck({
  name: "shell-form-entrypoint",
  title: "ENTRYPOINT or CMD in shell form",
  severity: "low",
  documentation: {
    what: "Checks for `ENTRYPOINT` and `CMD` that are not a JSON array, in the last stage and those that it is built on. A `SHELL` that is written before them shows that the shell is meant.",
    why: "The program then runs below `/bin/sh -c`: it never gets the signal to stop and is killed instead, the image needs a shell, which an attacker can use as well, and what stands in variables is read by that shell. `ENTRYPOINT` in this form also ignores `CMD` and every argument.",
    fix: 'Write the program and its arguments as a JSON array: `ENTRYPOINT ["/app", "--port", "8080"]`.',
    references: ["https://docs.docker.com/reference/dockerfile/#shell-and-exec-form"],
  },
  needs: { dockerfile: "partial" },
  *detect({ dockerfile }) {
    const last = dockerfile.stages.at(-1);
    let chosen =
      last !== undefined &&
      chainOf(dockerfile, last).some(
        (stage) => stage !== last && stepsOf(stage).some(({ keyword }) => keyword === "SHELL"),
      );
    for (const instruction of last?.instructions ?? []) {
      if (instruction.keyword === "SHELL") chosen = true;
      if (instruction.keyword !== "ENTRYPOINT" && instruction.keyword !== "CMD") continue;
      if (chosen || instruction.form.kind !== "shell" || instruction.form.text === "") continue;
      yield {
        subject: instruction.keyword,
        title: `${instruction.keyword} runs through a shell`,
        range: instruction.range,
        stage: instruction.stage,
        fix: execForm(dockerfile, instruction, last?.instructions ?? []),
      };
    }
  },
});
