import { installsOf } from "./dockerfile/installs.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";

/** npm packages without a version. */
export const npmUnpinned = dockerfileCheck<"commands">({
  name: "npm-unpinned",
  title: "Unpinned npm packages",
  severity: "low",
  documentation: {
    what: "Checks the packages that `npm install` names. Reported: one without `@version`, or with a tag such as `@latest`. Not reported: files, directories, URLs other than of a repository without a commit or tag, and what a variable names.",
    why: "Two builds of one commit install different versions: a build cannot be repeated, and a new or taken-over release reaches the image unreviewed.",
    fix: "Write `package@1.2.3`, or list it in package.json and run `npm ci`.",
    references: ["https://docs.npmjs.com/cli/commands/npm-install"],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ commands }) {
    for (const { packages, instruction } of installsOf(commands, "npm")) {
      if (instruction.keyword !== "RUN") continue;

      const unpinned = packages.filter(
        ({ text, literal }) =>
          literal &&
          (isOfBranch(text) ||
            (/^(?:@[\w.-]+\/)?[a-z0-9][\w.-]*(?:@[a-z][\w.-]*)?$/i.test(text) &&
              !/\.(?:tgz|gz)$/.test(text) &&
              !/@v?[0-9]/.test(text))),
      );
      const [first] = unpinned;
      if (first === undefined) continue;
      const names = unpinned.map(({ text }) => text);
      yield {
        subject: `npm install ${names.join(" ")}`,
        title: `${names.length === 1 ? `Package ${first.text} has` : `${names.length} packages have`} no version`,
        range: first.range,
        stage: instruction.stage,
        fix: "pin versions: NAME@VERSION",
        evidence: { packages: names.slice(0, 20).join(", ") },
      };
    }
  },
});

/** `git+https://host/a/b.git`, `github:a/b`, `a/b#main`: of no commit, tag or range (npm install, "git remote url"). */
function isOfBranch(text: string): boolean {
  const [address = "", ref = ""] = text.split("#");
  const isGit =
    /^git(?:\+[a-z]+)?:\/\/|^(?:github|gitlab|bitbucket|gist):/.test(address) ||
    /^[a-z0-9][\w-]*\/[\w.-]+$/i.test(address);
  return isGit && (ref === "" || /^(?:main|master|develop|dev|trunk|HEAD|latest|next)$/.test(ref));
}
