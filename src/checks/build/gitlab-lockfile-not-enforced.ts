import { operandsOf } from "./dockerfile/options.ts";
import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { commandPlace, commandsOf, wordsOf } from "./gitlab/parts.ts";

interface Tool {
  readonly verbs: readonly string[];
  readonly frozen: readonly string[];
  readonly instead: string;
}

const TOOLS: ReadonlyMap<string, Tool> = new Map([
  ["npm", { verbs: ["install", "i"], frozen: [], instead: "npm ci" }],
  ["yarn", { verbs: ["install"], frozen: ["--frozen-lockfile", "--immutable"], instead: "yarn install --immutable" }],
  ["pnpm", { verbs: ["install", "i"], frozen: ["--frozen-lockfile"], instead: "pnpm install --frozen-lockfile" }],
  ["bundle", { verbs: ["install"], frozen: ["--frozen", "--deployment"], instead: "bundle install --frozen" }],
  ["uv", { verbs: ["sync"], frozen: ["--locked", "--frozen"], instead: "uv sync --locked" }],
]);

const VALUED: readonly string[] = [
  "--prefix",
  "--registry",
  "--cache",
  "--loglevel",
  "-C",
  "--userconfig",
  "-w",
  "--workspace",
];

/** Jobs that resolve versions again. */
export const gitlabLockfileNotEnforced = gitlabCheck({
  name: "gitlab-lockfile-not-enforced",
  title: "Installs of jobs that change the lockfile",
  severity: "low",
  scripts: true,
  documentation: {
    what: "Checks scripts of a GitLab pipeline for `npm install` where `npm ci` is meant, and `yarn`, `pnpm`, `bundle` and `uv` without their option that keeps to the lockfile. Severity: low.",
    why: "Where lockfile and manifest differ, the job installs versions that nobody has reviewed.",
    fix: "Run `npm ci`, `yarn install --immutable`, `pnpm install --frozen-lockfile`, `bundle install --frozen`, `uv sync --locked`.",
    references: [
      "https://docs.npmjs.com/cli/commands/npm-ci",
      "https://yarnpkg.com/cli/install",
      "https://pnpm.io/cli/install#--frozen-lockfile",
    ],
  },
  *detect(pipeline) {
    for (const one of commandsOf(pipeline)) {
      const { command, job } = one;
      const { program = "" } = command;
      const words = wordsOf(command);
      const tool = TOOLS.get(program);
      const verb = words.find((word) => !word.startsWith("-"));
      if (tool === undefined || verb === undefined || !tool.verbs.includes(verb)) continue;
      if (words.some((word) => tool.frozen.some((option) => word === option || word.startsWith(`${option}=`))))
        continue;
      // With a package it adds that to the manifest, which is another thing.
      const operands = operandsOf(command, VALUED).map(({ text }) => text);
      if (program === "npm" && (operands.length > 1 || words.includes("-g") || words.includes("--global"))) continue;
      yield {
        subject: `${program} ${verb}`,
        title: `${program} ${verb} may install other versions than the lockfile has`,
        place: commandPlace(one),
        job,
        fix: `run ${tool.instead}`,
      };
    }
  },
});
