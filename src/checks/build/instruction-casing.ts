import type { TextEdit } from "../../core/finding.ts";
import { replaceRange } from "./dockerfile/edits.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";

/** Keywords in another case than the rest of the file's (Docker's build check ConsistentInstructionCasing). */
export const instructionCasing = dockerfileCheck({
  name: "instruction-casing",
  title: "Inconsistent instruction casing",
  severity: "negligible",
  documentation: {
    what: "Checks for instructions whose keyword is not in the case that most of the file's keywords are in, upper or lower.",
    why: "Case does not count, so the build is the same. A `run` among many `RUN` is overlooked by people and by tools that search for it.",
    fix: "Write all keywords in the same case.",
    references: ["https://docs.docker.com/reference/build-checks/consistent-instruction-casing/"],
  },
  needs: { dockerfile: "partial" },
  *detect({ dockerfile }) {
    const keywords = dockerfile.instructions
      .filter(({ keyword }) => keyword !== "broken")
      .map(({ keywordRange, stage }) => ({
        range: keywordRange,
        stage,
        written: dockerfile.text.slice(keywordRange.start, keywordRange.end),
      }));
    const lower = keywords.filter(({ written }) => written === written.toLowerCase()).length;
    const upper = keywords.filter(({ written }) => written === written.toUpperCase()).length;
    const other = keywords
      .map((one) => ({ ...one, wanted: lower > upper ? one.written.toLowerCase() : one.written.toUpperCase() }))
      .filter(({ written, wanted }) => written !== wanted);
    const [first] = other;
    if (first === undefined) return;
    const edits: TextEdit[] = other.map(({ range, wanted }) => replaceRange(dockerfile, range, wanted));
    yield {
      subject: "keywords",
      title: `Instruction ${first.written} differs in case from the other instructions`,
      range: first.range,
      stage: first.stage,
      fix: { text: `write all instructions in ${lower > upper ? "lowercase" : "uppercase"}`, edits },
    };
  },
});
