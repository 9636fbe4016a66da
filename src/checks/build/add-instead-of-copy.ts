import type { TransferInstruction } from "../../engines/dockerfile/model.ts";
import { replaceRange } from "./dockerfile/edits.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { unfolded } from "./dockerfile/stages.ts";

/** What ADD does more with: addresses, repositories, and archives that it unpacks (also those that a pattern may meet). */
const MORE = /^[a-z+]+:\/\/|^git@|\.(?:tar|tgz|tbz2?|txz|tzst|gz|bz2|xz|zst|lzma)$|[*?[]|\$/i;

/** ADD's own flags, which COPY refuses. */
const OWN = new Set(["keep-git-dir", "checksum", "unpack"]);

/** ADD goes by what is in a file, not by its name. */
const UNSEEN = { grade: "likely", reason: "a file that is an archive under another name would stay packed" } as const;

function isPlain({ sources, flags }: TransferInstruction): boolean {
  return !flags.some(({ name }) => OWN.has(name)) && !sources.some(({ value, text }) => MORE.test(value ?? text));
}

/** ADD where COPY does the same (Docker's building best practices, "ADD or COPY"). */
export const addInsteadOfCopy = dockerfileCheck({
  name: "add-instead-of-copy",
  title: "ADD used where COPY is enough",
  severity: "low",
  documentation: {
    what: "Checks for `ADD` of files of the build context. Not reported: addresses, Git repositories, archives, patterns and what a variable names.",
    why: "`ADD` fetches addresses and unpacks archives by what the source looks like. A file that turns out to be an archive is then unpacked over the image, with whatever paths it holds.",
    fix: "Write `COPY`, which only copies.",
    references: ["https://docs.docker.com/build/building/best-practices/#add-or-copy"],
  },
  needs: { dockerfile: "partial" },
  *detect({ dockerfile }) {
    for (const instruction of unfolded(dockerfile)) {
      if (instruction.keyword !== "ADD" || !isPlain(instruction)) continue;
      const written = instruction.sources.map(({ text }) => text).join(" ");
      const lower = dockerfile.text.slice(instruction.keywordRange.start, instruction.keywordRange.end) === "add";
      // Without a name's ending it may still be an archive, which COPY would not unpack.
      const certain = instruction.sources.every(({ text }) => /\.[a-z]{1,6}$/i.test(text) || /^\.?\/?$/.test(text));
      const text = "write COPY instead of ADD";
      yield {
        subject: written === "" ? "ADD" : `ADD ${written}`,
        title: "ADD of a local file: use COPY",
        range: instruction.keywordRange,
        stage: instruction.stage,
        fix: certain
          ? {
              text,
              edits: [replaceRange(dockerfile, instruction.keywordRange, lower ? "copy" : "COPY")],
              graded: instruction.sources.every(({ text }) => /^\.?\/?$/.test(text)) ? undefined : UNSEEN,
            }
          : text,
      };
    }
  },
});
