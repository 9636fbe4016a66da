import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { operandsOf } from "./dockerfile/options.ts";

const upgrades: readonly (readonly [RegExp, RegExp])[] = [
  [/^(?:apt|apt-get)$/, /^(?:upgrade|dist-upgrade|full-upgrade)$/],
  [/^apk$/, /^upgrade$/],
  [/^(?:dnf|dnf5|yum|microdnf|tdnf)$/, /^(?:update|upgrade|distro-sync)$/],
  [/^zypper$/, /^(?:update|up|dist-upgrade|dup|patch)$/],
];

/** Packages of the base that are brought up to date by the build. */
export const distributionUpgrade = dockerfileCheck<"commands">({
  name: "distribution-upgrade",
  title: "Distribution upgrade during the build",
  severity: "negligible",
  documentation: {
    what: "Checks `RUN` for `apt-get upgrade`, `dist-upgrade` and `full-upgrade`, `apk upgrade`, and `dnf`, `yum` and `zypper` `update` without packages. Severity: informational, since practice differs.",
    why: "It closes known vulnerabilities of an old base. It also makes the build depend on its day, keeps the old files in the layers below, and hides that the base is not maintained.",
    fix: "Take a newer digest of the base, and rebuild every week. Where the base lags behind its distribution's security updates, keep the upgrade and ignore this finding.",
    references: ["https://docs.docker.com/build/building/best-practices/#rebuild-your-images-often"],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ commands }) {
    for (const { command, instruction } of commands) {
      const { program = "" } = command;
      const verbs = upgrades.find(([programs]) => programs.test(program))?.[1];
      if (verbs === undefined || instruction.keyword !== "RUN") continue;
      const [verb, ...packages] = operandsOf(command, ["-o", "-c", "-t", "--setopt", "--releasever", "-r"]);
      if (verb === undefined || !verbs.test(verb.text) || packages.length > 0) continue;
      yield {
        subject: `${program} ${verb.text}`,
        title: `${program} ${verb.text} upgrades the packages of the base image`,
        range: command.range,
        stage: instruction.stage,
        fix: "update the base image digest, and rebuild every week",
      };
    }
  },
});
