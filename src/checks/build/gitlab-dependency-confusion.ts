import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { commandsOf, placeIn, variablesOf } from "./gitlab/parts.ts";

const found = {
  subject: "--extra-index-url",
  title: "packages come from whichever index has the higher version (--extra-index-url)",
  fix: "name one index that has both, or require hashes",
};

/** Installs of jobs that take a package from whichever index has the higher version. */
export const gitlabDependencyConfusion = gitlabCheck({
  name: "gitlab-dependency-confusion",
  title: "Package indexes that mix public and private",
  severity: "high",
  scripts: true,
  documentation: {
    what: "Checks `pip` and `uv` in scripts of a GitLab pipeline for `--extra-index-url`, and variables that set it (`PIP_EXTRA_INDEX_URL`). Severity: high; medium where every package has a hash (`--require-hashes`).",
    why: "Who registers the name of a private package in the public index, with a higher version, has it installed here.",
    fix: "Name one index (`--index-url`) that has both, or install from a lockfile with hashes.",
    references: ["https://pip.pypa.io/en/stable/cli/pip_install/#cmdoption-extra-index-url"],
  },
  *detect(pipeline) {
    for (const { command, line, job } of commandsOf(pipeline)) {
      const word = command.arguments.find(({ text }) => /^--extra-index-url(?:=|$)/.test(text));
      if (word === undefined || !/^(?:pip[0-9.]*|python[0-9.]*|uv)$/.test(command.program ?? "")) continue;
      if (!command.arguments.some(({ text }) => /^(?:install|download|wheel|sync|compile|lock|add)$/.test(text)))
        continue;
      const hashes = command.arguments.some(({ text }) => text === "--require-hashes");
      yield { ...found, place: placeIn(line, word.range), job, severity: hashes ? "medium" : "high" };
    }
    for (const { variable, job } of variablesOf(pipeline)) {
      if (!/^(?:PIP|UV)_EXTRA_INDEX_URL$/.test(variable.name) || variable.value?.value === "") continue;
      yield { ...found, place: variable.key, job };
    }
  },
});
