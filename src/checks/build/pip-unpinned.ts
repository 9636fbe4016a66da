import { installsOf } from "./dockerfile/installs.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { hasOption } from "./dockerfile/options.ts";

/** Python packages without a version (PEP 440). */
export const pipUnpinned = dockerfileCheck<"commands">({
  name: "pip-unpinned",
  title: "Unpinned pip packages",
  severity: "low",
  documentation: {
    what: "Checks the packages that `pip`, `pipx`, `uv pip` and `uv tool install` name. Reported: one without `==`, `~=` or an upper bound. Not reported: files, directories, URLs other than of a repository without a commit or tag, what a variable names, and installs with `--constraint`, `--require-hashes` or `--no-index`.",
    why: "Two builds of one commit install different versions: a build cannot be repeated, and a new or taken-over release reaches the image unreviewed.",
    fix: "Write `package==version`, or install from a lockfile with hashes: `pip install --require-hashes -r requirements.txt`.",
    references: ["https://pip.pypa.io/en/stable/topics/repeatable-installs/"],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ commands }) {
    for (const { manager, packages, instruction, command } of installsOf(commands, "pip", "pipx", "uv")) {
      if (instruction.keyword !== "RUN") continue;
      if (
        hasOption(command, "--constraint", "--require-hashes", "--no-index", "--no-deps") ||
        command.arguments.some(({ text }) => /^-c(?:$|[^-])/.test(text))
      )
        continue;
      const unpinned = packages.filter(
        ({ text, literal }) =>
          literal &&
          (isOfBranch(text) ||
            (/^[a-z0-9][\w.-]*(?:\[[\w.,-]*\])?(?:>=?[\w.]+|!=[\w.]+)?$/i.test(text) &&
              !/\.(?:whl|zip|gz|tgz|bz2)$/.test(text))),
      );
      const [first] = unpinned;
      if (first === undefined) continue;
      const names = unpinned.map(({ text }) => text);
      yield {
        subject: `${manager} install ${names.join(" ")}`,
        title: `${names.length === 1 ? `Package ${first.text} has` : `${names.length} packages have`} no version`,
        range: first.range,
        stage: instruction.stage,
        fix: "pin versions: NAME==VERSION",
        evidence: { packages: names.slice(0, 20).join(", ") },
      };
    }
  },
});

/** `git+https://host/a/b.git`, `b @ git+ssh://git@host/a/b@main`: of no commit or tag (pip, "VCS Support"). */
function isOfBranch(text: string): boolean {
  const address = /(?:^|@\s*)(?:git|hg|svn|bzr)\+[a-z]+:\/\/(\S+)/.exec(text)?.[1];
  if (address === undefined) return false;
  const [path = ""] = address.split("#", 1);
  const slash = path.indexOf("/");
  const at = path.lastIndexOf("@");
  return at < slash || BRANCH.test(path.slice(at + 1));
}

const BRANCH = /^(?:main|master|develop|dev|trunk|HEAD|latest|stable)$/;
