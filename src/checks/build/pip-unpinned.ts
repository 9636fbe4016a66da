import { installsOf } from "./dockerfile/installs.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { hasOption } from "./dockerfile/options.ts";

/** Python packages without a version (PEP 440). */
export const pipUnpinned = dockerfileCheck<"commands">({
  name: "pip-unpinned",
  title: "pip packages without a version",
  severity: "low",
  documentation: {
    what: "Looks at the packages that `pip install` names. One without `==`, `~=` or an upper bound is a finding; files, folders, URLs, what a variable names, and installs with `--constraint`, `--require-hashes` or `--no-index` are none.",
    why: "Two builds of one commit install different versions: a build cannot be repeated, and a new or taken-over release reaches the image unreviewed.",
    fix: "Write `package==version`, or install from a lock file with hashes: `pip install --require-hashes -r requirements.txt`.",
    references: ["https://pip.pypa.io/en/stable/topics/repeatable-installs/"],
  },
  needs: { dockerfile: "witness", commands: "witness" },
  *spot({ commands }) {
    for (const { packages, instruction, command } of installsOf(commands, "pip")) {
      if (instruction.keyword !== "RUN") continue;
      if (
        hasOption(command, "--constraint", "--require-hashes", "--no-index", "--no-deps") ||
        command.arguments.some(({ text }) => /^-c(?:$|[^-])/.test(text))
      )
        continue;
      const unpinned = packages.filter(
        ({ text, literal }) =>
          literal &&
          /^[a-z0-9][\w.-]*(?:\[[\w.,-]*\])?(?:>=?[\w.]+|!=[\w.]+)?$/i.test(text) &&
          !/\.(?:whl|zip|gz|tgz|bz2)$/.test(text),
      );
      const [first] = unpinned;
      if (first === undefined) continue;
      const names = unpinned.map(({ text }) => text);
      yield {
        subject: `pip install ${names.join(" ")}`,
        title: `${names.length === 1 ? first.text : `${names.length} packages`} installed without a version`,
        range: first.range,
        stage: instruction.stage,
        fix: "write ==version behind each package",
        evidence: { packages: names.slice(0, 20).join(", ") },
      };
    }
  },
});
