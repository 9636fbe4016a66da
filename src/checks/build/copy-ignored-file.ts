import { cleaned, ignoreRules } from "./dockerfile/ignored.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { unfolded } from "./dockerfile/stages.ts";

/** Sources that the builder never sees (Docker's build check CopyIgnoredFile). */
export const copyIgnoredFile = dockerfileCheck<"context">({
  name: "copy-ignored-file",
  title: "COPY of a path excluded by .dockerignore",
  severity: "low",
  documentation: {
    what: "Checks for sources of `COPY` and `ADD` that the `.dockerignore` beside the Dockerfile leaves out.",
    why: "The build fails there, or, with a pattern, copies less than the file says.",
    fix: "Take the source out of the instruction, or let it through: `!name` at the end of `.dockerignore`.",
    references: ["https://docs.docker.com/reference/build-checks/copy-ignored-file/"],
  },
  needs: { dockerfile: "partial", context: "partial" },
  *detect({ dockerfile, context }) {
    const ignored = ignoreRules(context);
    const exceptions = (context.ignoreFiles[0]?.patterns ?? []).filter((pattern) => pattern.startsWith("!"));
    const anywhere = exceptions.some((pattern) => /[*?[]/.test(pattern));
    for (const instruction of unfolded(dockerfile)) {
      const { keyword, stage } = instruction;
      if ((keyword !== "COPY" && keyword !== "ADD") || instruction.from !== undefined) continue;
      for (const { value, text, range } of instruction.sources) {
        if (value === undefined || /[*?[\\]|^[a-z+]+:\/\/|^git@/i.test(value)) continue;
        const path = cleaned(value);
        // What is let through again may lie below a folder that is left out.
        const letThrough = anywhere || exceptions.some((one) => cleaned(one.slice(1)).startsWith(`${path}/`));
        if (path === "" || path.startsWith("..") || letThrough || ignored(path) !== "yes") continue;
        yield {
          subject: `${keyword} ${text}`,
          title: `${text} is excluded by ${context.ignoreFiles[0]?.path ?? ".dockerignore"}`,
          range,
          stage,
          fix: `remove ${text} from the instruction or from .dockerignore`,
        };
      }
    }
  },
});
