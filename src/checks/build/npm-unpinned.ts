import { installsOf } from "./dockerfile/installs.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";

/** npm packages without a version. */
export const npmUnpinned = dockerfileCheck<"commands">({
  name: "npm-unpinned",
  title: "npm packages without a version",
  severity: "low",
  documentation: {
    what: "Looks at the packages that `npm install` names. One without `@version`, or with a tag such as `@latest`, is a finding; files, folders, URLs, and what a variable names, are none.",
    why: "Two builds of one commit install different versions: a build cannot be repeated, and a new or taken-over release reaches the image unreviewed.",
    fix: "Write `package@1.2.3`, or list it in package.json and run `npm ci`.",
    references: ["https://docs.npmjs.com/cli/commands/npm-install"],
  },
  needs: { dockerfile: "witness", commands: "witness" },
  *spot({ commands }) {
    for (const { packages, instruction } of installsOf(commands, "npm")) {
      if (instruction.keyword !== "RUN") continue;

      const unpinned = packages.filter(
        ({ text, literal }) =>
          literal &&
          /^(?:@[\w.-]+\/)?[a-z0-9][\w.-]*(?:@[a-z][\w.-]*)?$/i.test(text) &&
          !/\.(?:tgz|gz)$/.test(text) &&
          !/@v?[0-9]/.test(text),
      );
      const [first] = unpinned;
      if (first === undefined) continue;
      const names = unpinned.map(({ text }) => text);
      yield {
        subject: `npm install ${names.join(" ")}`,
        title: `${names.length === 1 ? first.text : `${names.length} packages`} installed without a version`,
        range: first.range,
        stage: instruction.stage,
        fix: "write @version behind each package",
        evidence: { packages: names.slice(0, 20).join(", ") },
      };
    }
  },
});
