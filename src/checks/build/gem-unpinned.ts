import { installsOf } from "./dockerfile/installs.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { hasOption } from "./dockerfile/options.ts";

/** Ruby gems without a version (`gem help install`). */
export const gemUnpinned = dockerfileCheck<"commands">({
  name: "gem-unpinned",
  title: "Unpinned Ruby gems",
  severity: "low",
  documentation: {
    what: "Checks the gems that `gem install` names, without `:version` and without `--version`. Not reported: files, and what a variable names.",
    why: "Two builds of one commit install different versions: a build cannot be repeated, and a new or taken-over release reaches the image unreviewed.",
    fix: "Write `gem install bundler:2.5.23`, or list the gem in a Gemfile with its lockfile.",
    references: ["https://guides.rubygems.org/command-reference/#gem-install"],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ commands }) {
    for (const { packages, instruction, command } of installsOf(commands, "gem")) {
      if (instruction.keyword !== "RUN") continue;
      if (hasOption(command, "--version", "-v")) continue;
      const unpinned = packages.filter(
        ({ text, literal }) => literal && /^[a-z0-9][\w.-]*$/i.test(text) && !/\.gem$/.test(text),
      );
      const [first] = unpinned;
      if (first === undefined) continue;
      const names = unpinned.map(({ text }) => text);
      yield {
        subject: `gem install ${names.join(" ")}`,
        title: `${names.length === 1 ? `Package ${first.text} has` : `${names.length} packages have`} no version`,
        range: first.range,
        stage: instruction.stage,
        fix: "pin versions: NAME:VERSION",
        evidence: { packages: names.slice(0, 20).join(", ") },
      };
    }
  },
});
