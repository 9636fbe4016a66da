import { dockerfileCheck } from "./dockerfile/lint-check.ts";

/** With more, the file is a template or something else, and one finding says it. */
const MOST = 10;

/** What Docker does not build (Dockerfile reference). */
export const invalidInstruction = dockerfileCheck({
  name: "invalid-instruction",
  title: "Invalid Dockerfile syntax",
  severity: "medium",
  documentation: {
    what: "Checks for invalid Dockerfile syntax: unknown instructions and flags, missing arguments, a heredoc without its end, instructions before the first `FROM`, directives that are given twice.",
    why: "The file does not build, or another builder reads it in another way. What stands there is not evaluated either, so other checks say less than they seem to.",
    fix: "Correct what the message names. A file that is a template is better evaluated after it has been filled in.",
    references: ["https://docs.docker.com/reference/dockerfile/"],
  },
  needs: { dockerfile: "partial" },
  *detect({ dockerfile }) {
    const refused = dockerfile.problems.filter(({ kind }) => kind === "refused");
    const [first] = refused;
    if (first !== undefined && refused.length > MOST) {
      const title = `Invalid Dockerfile syntax here and in ${refused.length - 1} more places, may not be a Dockerfile: ${first.reason}`;
      yield { subject: "file", title, range: first.range };
      return;
    }
    for (const { code, reason, range } of refused) {
      yield { subject: code.replace(/^dockerfile\./, ""), title: `Invalid Dockerfile syntax: ${reason}`, range };
    }
  },
});
