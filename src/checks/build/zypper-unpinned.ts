import { installsOf } from "./dockerfile/installs.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";

/** Packages of zypper without a version (zypper(8), `name=version`). */
export const zypperUnpinned = dockerfileCheck<"commands">({
  name: "zypper-unpinned",
  title: "Unpinned zypper packages",
  severity: "low",
  documentation: {
    what: "Checks the packages that `zypper install` names. Reported: one without `=version`. Not reported: files, URLs, and what a variable names.",
    why: "Two builds of one commit install different versions: a build cannot be repeated, and a new or taken-over release reaches the image unreviewed. Where images are rebuilt every week for security updates that may be what is wanted: then ignore this check in the policy.",
    fix: "Write the version: `curl=8.6.0`.",
    references: ["https://en.opensuse.org/SDB:Zypper_manual"],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ commands }) {
    for (const { packages, instruction } of installsOf(commands, "zypper")) {
      if (instruction.keyword !== "RUN") continue;

      const unpinned = packages.filter(
        ({ text, literal }) => literal && /^[a-z0-9][\w.+-]*$/i.test(text) && !/\.rpm$/.test(text),
      );
      const [first] = unpinned;
      if (first === undefined) continue;
      const names = unpinned.map(({ text }) => text);
      yield {
        subject: `zypper install ${names.join(" ")}`,
        title: `${names.length === 1 ? `Package ${first.text} has` : `${names.length} packages have`} no version`,
        range: first.range,
        stage: instruction.stage,
        fix: "pin versions: NAME=VERSION",
        evidence: { packages: names.slice(0, 20).join(", ") },
      };
    }
  },
});
