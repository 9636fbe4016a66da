import { replaceRange } from "./dockerfile/edits.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";

/** `--platform=$TARGETPLATFORM` is what FROM does without it (Docker's build check RedundantTargetPlatform). */
export const redundantPlatform = dockerfileCheck({
  name: "redundant-platform",
  title: "Redundant --platform=$TARGETPLATFORM",
  severity: "negligible",
  documentation: {
    what: "Checks for `FROM --platform=$TARGETPLATFORM`.",
    why: "It is the default. Who reads it looks for a reason that is not there, and older builders refuse the variable.",
    fix: "Leave the flag out.",
    references: ["https://docs.docker.com/reference/build-checks/redundant-target-platform/"],
  },
  needs: { dockerfile: "partial" },
  *detect({ dockerfile }) {
    const declared = dockerfile.instructions.some(
      (one) =>
        one.keyword === "ARG" &&
        one.stage === undefined &&
        one.pairs.some(({ name, value }) => name.text === "TARGETPLATFORM" && value !== undefined),
    );
    for (const { index, from } of dockerfile.stages) {
      const { platform, flags } = from;
      if (platform === undefined || declared || !/^\$(?:TARGETPLATFORM|\{TARGETPLATFORM\})$/.test(platform.text))
        continue;
      const flag = flags.find(({ name }) => name === "platform");
      if (flag === undefined) continue;
      const space = /^[ \t]*/.exec(dockerfile.text.slice(flag.range.end))?.[0].length ?? 0;
      const text = "leave --platform out";
      yield {
        subject: "FROM --platform",
        title: "--platform repeats the default target platform",
        range: flag.range,
        stage: index,
        fix: { text, edits: [replaceRange(dockerfile, { ...flag.range, end: flag.range.end + space }, "")] },
      };
    }
  },
});
