import { dockerfileCheck } from "./dockerfile/lint-check.ts";

/** With more, the file is something else, and one finding says it. */
const MOST = 10;

/** What Docker does not build (Dockerfile reference). */
export const invalidInstruction = dockerfileCheck({
  name: "invalid-instruction",
  title: "Invalid Dockerfile syntax",
  severity: "medium",
  documentation: {
    what: "Checks for invalid Dockerfile syntax: unknown instructions and flags, missing arguments, a heredoc without its end, instructions before the first `FROM`, directives that are given twice. Not reported: lines of a template (`{{`, `{%`, `<%`), which leave the checks of the file *unknown*.",
    why: "The file does not build, or another builder reads it in another way. What stands there is not evaluated either, so other checks say less than they seem to.",
    fix: "Correct what the message names. Of a template check what is made of it.",
    references: ["https://docs.docker.com/reference/dockerfile/"],
  },
  needs: { dockerfile: "partial" },
  *detect({ dockerfile }) {
    // A template builds what is made of it, which nobody sees here: its checks are unknown.
    const refused = dockerfile.problems.filter(
      ({ kind, code }) => kind === "refused" && code !== "dockerfile.template",
    );
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
