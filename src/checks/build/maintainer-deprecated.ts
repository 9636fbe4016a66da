import { replaceRange } from "./dockerfile/edits.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { unfolded } from "./dockerfile/stages.ts";

/** What stands in double quotes of a LABEL as it is. */
const PLAIN = /^[^"'\\$`\r\n]*$/;

/** MAINTAINER (Dockerfile reference: deprecated since Docker 1.13). */
export const maintainerDeprecated = dockerfileCheck({
  name: "maintainer-deprecated",
  title: "Deprecated MAINTAINER instruction",
  severity: "negligible",
  documentation: {
    what: "Checks for the instruction `MAINTAINER`.",
    why: "Builders may drop it, and tools that look for an image's owner read labels. An owner who cannot be found is not told of a vulnerability.",
    fix: 'Write the label that OCI defines for it: `LABEL org.opencontainers.image.authors="…"`.',
    references: [
      "https://docs.docker.com/reference/dockerfile/#maintainer-deprecated",
      "https://github.com/opencontainers/image-spec/blob/main/annotations.md",
    ],
  },
  needs: { dockerfile: "partial" },
  *detect({ dockerfile }) {
    for (const instruction of unfolded(dockerfile)) {
      const [word] = instruction.keyword === "MAINTAINER" ? instruction.words : [];
      if (word === undefined) continue;
      const text = "write LABEL org.opencontainers.image.authors";
      const written = dockerfile.text.slice(word.range.start, word.range.end);
      const bare = /^"[^"]*"$/.test(written) ? written.slice(1, -1) : written;
      const label = `LABEL org.opencontainers.image.authors="${bare}"`;
      const whole = { ...instruction.range, end: word.range.end };
      yield {
        subject: "MAINTAINER",
        title: "MAINTAINER is deprecated",
        range: instruction.keywordRange,
        stage: instruction.stage,
        fix: PLAIN.test(bare) ? { text, edits: [replaceRange(dockerfile, whole, label)] } : text,
      };
    }
  },
});
