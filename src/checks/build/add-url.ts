import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { unfolded } from "./dockerfile/stages.ts";

const COMMIT = /#[0-9a-f]{40}(?:[0-9a-f]{24})?(?::|$)/;

/** Remote sources of ADD that nothing holds to (Dockerfile reference, ADD: `--checksum`, Git repositories). */
export const addUrl = dockerfileCheck({
  name: "add-url",
  title: "ADD of a remote source without a checksum",
  severity: "medium",
  documentation: {
    what: "Checks the sources of `ADD`. An HTTP address without `--checksum`, and a Git repository without a full commit id behind `#`, are reported.",
    why: "Whatever the server sends when the image is built becomes part of it, and nobody can tell afterwards what it was meant to be.",
    fix: "Write `ADD --checksum=sha256:…` with the file's hash, or the commit's full id behind the repository's address.",
    references: ["https://docs.docker.com/reference/dockerfile/#add---checksum"],
  },
  needs: { dockerfile: "partial" },
  *detect({ dockerfile }) {
    for (const instruction of unfolded(dockerfile)) {
      if (instruction.keyword !== "ADD") continue;
      const checked = instruction.flags.some(({ name }) => name === "checksum");
      for (const { text, value = text, range } of instruction.sources) {
        const isGit = /^git@|^(?:git|ssh):\/\//.test(value) || /^https?:\/\/[^#]*\.git(?:#|$)/.test(value);
        if (isGit ? COMMIT.test(value) : checked || !/^(?:https?|ftp):\/\//i.test(value)) continue;
        yield {
          subject: `ADD ${text}`,
          title: isGit ? `${text} is not pinned to a commit` : `${text} is added without a checksum`,
          range,
          stage: instruction.stage,
          fix: isGit
            ? "pin the commit: append #COMMIT with its full hash"
            : "add --checksum=sha256:… with the hash of the file",
        };
      }
    }
  },
});
