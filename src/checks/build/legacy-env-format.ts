import type { Dockerfile, PairsInstruction } from "../../engines/dockerfile/model.ts";
import { replaceRange } from "./dockerfile/edits.ts";
import { type Detection, dockerfileCheck } from "./dockerfile/lint-check.ts";
import { unfolded } from "./dockerfile/stages.ts";

/** One word, with or without variables: the same behind a `=`. */
const ONE_WORD = /^[\w./:@%+,${}-]+$/;
/** Several words that quotes make one value of. */
const WORDS = /^[\w./:@%+,${}-]+(?: [\w./:@%+,${}-]+)*$/;

/** The edit, where both forms surely mean the same. */
function fixOf(dockerfile: Dockerfile, { pairs }: PairsInstruction): NonNullable<Detection["fix"]> {
  const [pair] = pairs;
  const text = "write it as name=value";
  if (pair?.value === undefined || !/^[\w.-]+$/.test(pair.name.raw)) return text;
  const behind = { ...pair.range, start: pair.name.range.end };
  const written = dockerfile.text.slice(behind.start, behind.end);
  const value = written.trim();
  if (/[\r\n]/.test(written)) return text;
  if (ONE_WORD.test(value)) return { text, edits: [replaceRange(dockerfile, behind, `=${value}`)] };
  return WORDS.test(value) ? { text, edits: [replaceRange(dockerfile, behind, `="${value}"`)] } : text;
}

/** `ENV name value` (Docker's build check LegacyKeyValueFormat). */
export const legacyEnvFormat = dockerfileCheck({
  name: "legacy-env-format",
  title: "Legacy ENV and LABEL format",
  severity: "negligible",
  documentation: {
    what: "Checks for `ENV name value` and `LABEL name value`.",
    why: "In this form all that follows is one value: `ENV A=1` and `ENV A 1 B=2` look alike and set different things. It is kept for old files only.",
    fix: 'Write `ENV name=value`, with quotes where the value has spaces: `ENV name="two words"`.',
    references: [
      "https://docs.docker.com/reference/dockerfile/#env",
      "https://docs.docker.com/reference/build-checks/legacy-key-value-format/",
    ],
  },
  needs: { dockerfile: "partial" },
  *detect({ dockerfile }) {
    for (const instruction of unfolded(dockerfile)) {
      if (instruction.keyword !== "ENV" && instruction.keyword !== "LABEL") continue;
      const [pair] = instruction.pairs;
      if (!instruction.legacy || pair === undefined) continue;
      yield {
        subject: `${instruction.keyword} ${pair.name.text}`,
        title: `${instruction.keyword} ${pair.name.text} has no equals sign`,
        range: pair.name.range,
        stage: instruction.stage,
        fix: fixOf(dockerfile, instruction),
      };
    }
  },
});
