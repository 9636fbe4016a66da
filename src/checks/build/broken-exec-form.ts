import type { CommandInstruction, Dockerfile, HealthcheckInstruction } from "../../engines/dockerfile/model.ts";
import { replaceRange } from "./dockerfile/edits.ts";
import { type Detection, dockerfileCheck } from "./dockerfile/lint-check.ts";
import { unfolded } from "./dockerfile/stages.ts";

/** `[` and a quote are the start of no command that anybody runs; `[ -f x ]` is one. */
const LOOKS_LIKE_ARRAY = /^\[\s*["'“”].*\]$/s;

/** With each pair of single quotes, where nothing within them needs an escape. */
const SINGLE_QUOTED = /^\[\s*'[^'"\\\r\n]*'(?:\s*,\s*'[^'"\\\r\n]*')*\s*\]$/;

function fixOf(
  dockerfile: Dockerfile,
  { form }: CommandInstruction | HealthcheckInstruction,
): NonNullable<Detection["fix"]> {
  const text = 'write it as JSON, with double quotes: ["program", "argument"]';
  if (form === undefined) return text;
  const written = dockerfile.text.slice(form.range.start, form.range.end).trim();
  if (!SINGLE_QUOTED.test(written)) return text;
  const { range } = form;
  return { text, edits: [replaceRange(dockerfile, range, written.replaceAll("'", '"'))] };
}

/** Arrays that are no JSON, and therefore a shell's (Dockerfile reference, "Shell and exec form"). */
export const brokenExecForm = dockerfileCheck({
  name: "broken-exec-form",
  title: "Exec form with invalid JSON",
  severity: "medium",
  documentation: {
    what: "Checks for `RUN`, `CMD`, `ENTRYPOINT` and `HEALTHCHECK` whose words stand in brackets and quotes and are not a JSON array of strings: single quotes, a comma too many, an escape that JSON does not know.",
    why: "Docker then hands the brackets to a shell, which looks for a program named `[`. The container does not start, or the check of its health always says the same.",
    fix: 'Write JSON: `CMD ["program", "argument"]`, with double quotes and each backslash doubled.',
    references: ["https://docs.docker.com/reference/dockerfile/#exec-form"],
  },
  needs: { dockerfile: "partial" },
  *detect({ dockerfile }) {
    for (const instruction of unfolded(dockerfile)) {
      const { keyword } = instruction;
      if (keyword !== "RUN" && keyword !== "CMD" && keyword !== "ENTRYPOINT" && keyword !== "HEALTHCHECK") continue;
      const { form } = instruction;
      if (form?.kind !== "shell" || instruction.heredocs.length > 0 || !LOOKS_LIKE_ARRAY.test(form.text)) continue;
      yield {
        subject: `${keyword} array`,
        title: `${keyword} has invalid JSON and runs in a shell, brackets included`,
        range: form.range,
        stage: instruction.stage,
        fix: fixOf(dockerfile, instruction),
      };
    }
  },
});
