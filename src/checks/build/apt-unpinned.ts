import { installsOf } from "./dockerfile/installs.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";

/** Debian and Ubuntu packages without a version (apt-get(8), `package=version`). */
export const aptUnpinned = dockerfileCheck<"commands">({
  name: "apt-unpinned",
  title: "Unpinned apt packages",
  severity: "low",
  documentation: {
    what: "Checks the packages that `apt-get install` and `apt install` name. Reported: one without `=version`. Not reported: files and what a variable names.",
    why: "Two builds of one commit install different versions, so a build cannot be repeated, and a change of the archive reaches the image unreviewed. Where images are rebuilt every week for security updates that may be what is wanted: then ignore this check in the policy.",
    fix: "Write the version behind the package, `curl=7.88.1-10+deb12u8`, or build from a dated snapshot of the archive.",
    references: ["https://manpages.debian.org/apt-get.8", "https://snapshot.debian.org/"],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ commands }) {
    for (const { packages, instruction, command } of installsOf(commands, "apt")) {
      const unpinned = packages.filter(
        ({ text, literal }) => literal && /^[a-z0-9][a-z0-9.+:-]*$/i.test(text) && !/\.deb$/.test(text),
      );
      const [first] = unpinned;
      if (first === undefined) continue;
      const names = unpinned.map(({ text }) => text);
      yield {
        subject: `${command.program} install ${names.join(" ")}`,
        title: `${names.length === 1 ? `Package ${first.text} has` : `${names.length} packages have`} no version`,
        range: first.range,
        stage: instruction.stage,
        fix: "pin versions: NAME=VERSION",
        evidence: { packages: names.slice(0, 20).join(", ") },
      };
    }
  },
});
