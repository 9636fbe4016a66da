import { installsOf } from "./dockerfile/installs.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";

/** Alpine packages without a version (apk(8), `package=version`). */
export const apkUnpinned = dockerfileCheck<"commands">({
  name: "apk-unpinned",
  title: "Unpinned apk packages",
  severity: "low",
  documentation: {
    what: "Checks the packages that `apk add` names. Reported: one without `=`, `~`, `<` or `>` and a version. Not reported: files, and what a variable names.",
    why: "Two builds of one commit install different versions: a build cannot be repeated, and a new or taken-over release reaches the image unreviewed. Where images are rebuilt every week for security updates that may be what is wanted: then ignore this check in the policy.",
    fix: "Write the version, `curl=8.11.1-r0`, or at least its beginning, `curl=~8.11`.",
    references: ["https://wiki.alpinelinux.org/wiki/Alpine_Package_Keeper"],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ commands }) {
    for (const { packages, instruction } of installsOf(commands, "apk")) {
      if (instruction.keyword !== "RUN") continue;

      const unpinned = packages.filter(
        ({ text, literal }) => literal && /^[a-z0-9.][\w.+:@-]*$/i.test(text) && !/\.apk$/.test(text),
      );
      const [first] = unpinned;
      if (first === undefined) continue;
      const names = unpinned.map(({ text }) => text);
      yield {
        subject: `apk add ${names.join(" ")}`,
        title: `${names.length === 1 ? `Package ${first.text} has` : `${names.length} packages have`} no version`,
        range: first.range,
        stage: instruction.stage,
        fix: "pin versions: NAME=VERSION",
        evidence: { packages: names.slice(0, 20).join(", ") },
      };
    }
  },
});
