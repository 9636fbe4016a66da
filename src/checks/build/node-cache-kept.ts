import { deletesBehind, isMounted, readLater, shippedRuns } from "./dockerfile/cleanup.ts";
import { appendToRun } from "./dockerfile/edits.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { hasOption, operandsOf } from "./dockerfile/options.ts";

const folders = ["/root/.npm", "/root/.cache/yarn", "/usr/local/share/.cache"];

/** Yarn 2 and later may run programs out of the folder that `yarn cache clean` empties (Yarn, "Plug'n'Play"). */
const PACKAGES_IN_CACHE = {
  grade: "needs knowledge",
  reason: "a project of Yarn 2 or later may run out of the cache",
} as const;

/** Packages that npm and yarn keep in their caches. */
export const nodeCacheKept = dockerfileCheck<"commands">({
  name: "node-cache-kept",
  title: "npm and yarn caches left in the image",
  severity: "low",
  documentation: {
    what: "Checks the stages that are in the image for `npm ci`, `npm install` and `yarn install`, where the same `RUN` neither cleans the cache, nor deletes it, nor has one mounted.",
    why: "Every package is in the image twice, once of no use.",
    fix: "End the same `RUN` with `&& npm cache clean --force` or `&& yarn cache clean`, mount a cache, `--mount=type=cache,target=/root/.npm`, or install in a stage that does not ship.",
    references: [
      "https://docs.npmjs.com/cli/commands/npm-cache",
      "https://classic.yarnpkg.com/lang/en/docs/cli/cache/",
    ],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ dockerfile, commands }) {
    for (const { command, instruction, stage } of shippedRuns(dockerfile, commands)) {
      const { program = "" } = command;
      const verb =
        operandsOf(command, ["--prefix", "-C", "--registry", "--cwd", "--network-timeout", "--cache", "--loglevel"])[0]
          ?.text ?? "";
      const installs =
        program === "npm"
          ? /^(?:ci|install|i|add)$/.test(verb)
          : program === "yarn" && /^(?:install|add|global)?$/.test(verb) && !hasOption(command, "--version", "-v");
      if (!installs || instruction.mounts.some(({ type }) => type === "cache")) continue;
      if (isMounted(instruction, ...folders) || deletesBehind(instruction, command, ...folders)) continue;
      const cleans = instruction.commands.some(
        (other) =>
          other.index > command.index &&
          ((/^(?:npm|yarn)$/.test(other.program ?? "") &&
            other.arguments.some(
              ({ text }, at) => text === "cache" && /^(?:clean|clear)$/.test(other.arguments[at + 1]?.text ?? ""),
            )) ||
            (other.program === "rm" && other.arguments.some(({ text }) => /\.npm|\.cache|yarn|_cacache/.test(text)))),
      );
      if (cleans || hasOption(command, "--cache", "--cache-folder")) continue;
      const cleaning = program === "npm" ? "npm cache clean --force" : "yarn cache clean";
      yield {
        subject: `${program} ${verb === "" ? "install" : verb}`,
        title: `The ${program} cache remains in the layer`,
        range: command.range,
        stage,
        fix: {
          text: `add && ${cleaning} in the same RUN`,
          edits: appendToRun(dockerfile, instruction, cleaning),
          graded:
            program === "npm"
              ? readLater(dockerfile, instruction, /--(?:prefer-)?offline\b|\bcache\b/, "the cache")
              : PACKAGES_IN_CACHE,
        },
      };
    }
  },
});
