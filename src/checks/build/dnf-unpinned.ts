import { installsOf } from "./dockerfile/installs.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";

/** Packages of dnf and yum without a version (dnf(8), `name-version`). */
export const dnfUnpinned = dockerfileCheck<"commands">({
  name: "dnf-unpinned",
  title: "Unpinned dnf and yum packages",
  severity: "low",
  documentation: {
    what: "Checks the packages that `dnf`, `yum` and `microdnf install` name, and modules of `dnf module install`. Reported: one without `-version`, or a module without `:stream`. Not reported: files, URLs, groups, and what a variable names.",
    why: "Two builds of one commit install different versions: a build cannot be repeated, and a new or taken-over release reaches the image unreviewed. Where images are rebuilt every week for security updates that may be what is wanted: then ignore this check in the policy.",
    fix: "Write the version, `curl-7.76.1-31.el9`.",
    references: ["https://dnf.readthedocs.io/en/latest/command_ref.html#specifying-packages"],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ commands }) {
    for (const { packages, instruction } of installsOf(commands, "dnf")) {
      if (instruction.keyword !== "RUN") continue;

      const unpinned = packages.filter(
        ({ text, literal }) =>
          literal && /^[a-z0-9][\w.+-]*$/i.test(text) && !/-[0-9][\w.]*(?:-|$)/.test(text) && !/\.rpm$/.test(text),
      );
      const [first] = unpinned;
      if (first === undefined) continue;
      const names = unpinned.map(({ text }) => text);
      yield {
        subject: `dnf install ${names.join(" ")}`,
        title: `${names.length === 1 ? `Package ${first.text} has` : `${names.length} packages have`} no version`,
        range: first.range,
        stage: instruction.stage,
        fix: "pin versions: NAME-VERSION",
        evidence: { packages: names.slice(0, 20).join(", ") },
      };
    }
  },
});
