import { installsOf } from "./dockerfile/installs.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { hasOption } from "./dockerfile/options.ts";

/** Lock files that npm may change (npm-ci). */
export const npmInstallInsteadOfCi = dockerfileCheck<"commands">({
  name: "npm-install-instead-of-ci",
  title: "npm install used instead of npm ci",
  severity: "low",
  documentation: {
    what: "Checks for `npm install` without packages, in `RUN`, where the stage has copied a `package-lock.json` or `npm-shrinkwrap.json` by name or pattern before.",
    why: "`npm install` changes the lockfile where it does not fit package.json, and so installs versions that nobody has reviewed. `npm ci` installs what the lockfile says, or fails.",
    fix: "Write `npm ci`.",
    references: ["https://docs.npmjs.com/cli/commands/npm-ci"],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ dockerfile, commands }) {
    for (const { packages, instruction, command, verb } of installsOf(commands, "npm")) {
      const { stage, range } = instruction;
      if (instruction.keyword !== "RUN" || packages.length > 0 || stage === undefined) continue;
      if (hasOption(command, "-g", "--global", "--location", "--package-lock-only")) continue;
      const copied = dockerfile.stages[stage]?.instructions.some(
        (one) =>
          (one.keyword === "COPY" || one.keyword === "ADD") &&
          one.range.start < range.start &&
          one.sources.some(({ text }) =>
            /(?:^|\/)(?:package\*\.json|package-\*\.json|package-lock\.json|npm-shrinkwrap\.json)$|package\.json,package-lock/.test(
              text,
            ),
          ),
      );
      if (copied !== true) continue;
      yield {
        subject: "npm install",
        title: "npm install can change the lockfile",
        range: verb.range,
        stage,
        fix: "use npm ci",
      };
    }
  },
});
