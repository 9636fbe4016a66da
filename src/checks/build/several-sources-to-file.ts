import { insertBehind } from "./dockerfile/edits.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { unfolded } from "./dockerfile/stages.ts";

/** Several sources and a destination that is no folder (Dockerfile reference, COPY: "it must end with a slash"). */
export const severalSourcesToFile = dockerfileCheck({
  name: "several-sources-to-file",
  title: "COPY of several sources without a trailing slash",
  severity: "low",
  documentation: {
    what: "Checks for `COPY` and `ADD` with several sources and a destination that does not end with a slash and is not `.`.",
    why: "Docker refuses it. Builders that do not may write the files over one another.",
    fix: "Write a slash behind the destination.",
    references: ["https://docs.docker.com/reference/dockerfile/#copy"],
  },
  needs: { dockerfile: "partial" },
  *detect({ dockerfile }) {
    for (const instruction of unfolded(dockerfile)) {
      if (instruction.keyword !== "COPY" && instruction.keyword !== "ADD") continue;
      const { destination, sources, heredocs, keyword, stage, flags } = instruction;
      // `--chown app a b`: what is missing is the flag's equals sign.
      if (flags.some(({ name, value }) => value === undefined && /^(?:chown|chmod|from)$/.test(name))) continue;
      const { value, raw, range } = destination;
      if (sources.length + heredocs.length < 2 || value === undefined || /[/\\]$|^\.{1,2}$|\/\.$/.test(value)) continue;
      const text = "end the destination with a slash";
      yield {
        subject: `${keyword} to ${destination.text}`,
        title: `${keyword} of ${sources.length + heredocs.length} sources to ${destination.text}, which does not end with a slash`,
        range,
        stage,
        fix: /^[\w./-]+$/.test(raw) ? { text, edits: [insertBehind(dockerfile, range, "/")] } : text,
      };
    }
  },
});
