import { cleaned } from "./dockerfile/ignored.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { shippedStages, unfolded } from "./dockerfile/stages.ts";

/** A whole folder is copied, and nothing says what to leave out (Docker's documentation, ".dockerignore files"). */
export const missingDockerignore = dockerfileCheck<"context">({
  name: "missing-dockerignore",
  title: "COPY . without a .dockerignore",
  severity: "medium",
  documentation: {
    what: "Checks for `COPY` and `ADD` of `.` from the build context, and for a `.dockerignore` beside the Dockerfile or at the top of the directory that is evaluated, or a `.containerignore` or `Dockerfile.dockerignore`. No such file, or one without a pattern, is reported, of severity low where only a stage that does not ship gets the copy.",
    why: "Everything that lies in the directory goes to the builder and into the layer: the repository's history, `.env` files, keys, what other builds left behind. Each change of any of them also throws the layer away.",
    fix: "Write a `.dockerignore`: either all and then what is needed (`*`, `!src`), or at least `.git`, `.env*`, and the directories of dependencies and results.",
    references: ["https://docs.docker.com/build/concepts/context/#dockerignore-files"],
  },
  // The ignore files are never known in part: what may be missing of the context are names of its files.
  needs: { dockerfile: "partial", context: "partial" },
  *detect({ dockerfile, context }) {
    if (context.ignoreFiles.some(({ patterns }) => patterns.length > 0)) return;
    const shipped = shippedStages(dockerfile);
    const wholes = unfolded(dockerfile).flatMap((instruction) => {
      const { keyword, stage } = instruction;
      if ((keyword !== "COPY" && keyword !== "ADD") || instruction.from !== undefined) return [];
      if (instruction.flags.some(({ name }) => name === "exclude")) return [];
      const whole = instruction.sources.find(({ value }) => value !== undefined && /^\*?$/.test(cleaned(value)));
      return whole === undefined ? [] : [{ keyword, stage, whole }];
    });
    const ships = wholes.find(({ stage }) => stage === undefined || shipped.has(stage));
    const found = ships ?? wholes[0];
    if (found === undefined) return;
    yield {
      subject: `${found.keyword} of the whole folder`,
      severity: ships === undefined ? "low" : "medium",
      title: "The entire build context is copied, and there is no .dockerignore",
      range: found.whole.range,
      stage: found.stage,
      fix: "add a .dockerignore",
    };
  },
});
