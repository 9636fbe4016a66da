import { dockerfileCheck } from "./dockerfile/lint-check.ts";

/** Windows paths begin with a drive; what a variable or a template decides is not known to be relative. */
const ABSOLUTE = /^(?:[/\\]|[A-Za-z]:|["']?\$|\{\{)/;

function isAbsolute(text = ""): boolean {
  return ABSOLUTE.test(text);
}

/** Working directories that hang on what the base image has set (Dockerfile reference, WORKDIR). */
export const relativeWorkdir = dockerfileCheck({
  name: "relative-workdir",
  title: "Relative WORKDIR",
  severity: "low",
  documentation: {
    what: "Checks the first `WORKDIR` of each stage. One with a relative path is reported, unless a stage that it is built on has set an absolute one.",
    why: "It is taken from the working directory of the base image. Where that changes, files end up in another directory, with other rights, and the build does not say so.",
    fix: "Write the whole path: `WORKDIR /app`.",
    references: [
      "https://docs.docker.com/reference/dockerfile/#workdir",
      "https://docs.docker.com/reference/build-checks/workdir-relative-path/",
    ],
  },
  needs: { dockerfile: "partial" },
  *detect({ dockerfile }) {
    // By stage: it has set an absolute one, or begins from a stage that has.
    const absolute: boolean[] = [];
    for (const stage of dockerfile.stages) {
      const { origin } = stage.from;
      const below = origin.kind === "stage" && absolute[origin.index] === true;
      absolute.push(
        below || stage.instructions.some((one) => one.keyword === "WORKDIR" && isAbsolute(one.words[0]?.text)),
      );
      const first = stage.instructions.find(({ keyword }) => keyword === "WORKDIR");
      const word = first?.keyword === "WORKDIR" ? first.words[0] : undefined;
      if (word === undefined || isAbsolute(word.value ?? word.text) || below) continue;
      yield {
        subject: `WORKDIR ${word.text}`,
        title: `WORKDIR ${word.text} is relative to the working directory of the base image`,
        range: word.range,
        stage: stage.index,
        fix: "write an absolute path",
      };
    }
  },
});
