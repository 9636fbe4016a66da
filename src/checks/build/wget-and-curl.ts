import { installsOf } from "./dockerfile/installs.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { packageName } from "./dockerfile/package-name.ts";
import { shippedStages } from "./dockerfile/stages.ts";

/** Two programs for one task. */
export const wgetAndCurl = dockerfileCheck<"commands">({
  name: "wget-and-curl",
  title: "Both wget and curl installed",
  severity: "negligible",
  documentation: {
    what: "Checks the last stage and those that it is built on for both `wget` and `curl` among the packages that are installed.",
    why: "Each is a program more that an attacker can fetch with, and whose vulnerabilities count.",
    fix: "Keep one of them, or neither: `ADD --checksum=…` fetches without.",
    references: ["https://docs.docker.com/reference/dockerfile/#add"],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ dockerfile, commands }) {
    const shipped = shippedStages(dockerfile);
    const installed = installsOf(commands, "apt", "apk", "dnf", "zypper")
      .filter(({ instruction: { keyword, stage } }) => keyword === "RUN" && stage !== undefined && shipped.has(stage))
      .flatMap(({ packages, instruction }) =>
        packages.map((word) => ({ word, stage: instruction.stage, name: packageName(word.text) })),
      );
    const curl = installed.find(({ name }) => name === "curl");
    const wget = installed.find(({ name }) => name === "wget");
    if (curl === undefined || wget === undefined) return;
    const second = curl.word.range.start > wget.word.range.start ? curl : wget;
    yield {
      subject: "wget and curl",
      title: "Both wget and curl are installed",
      range: second.word.range,
      stage: second.stage,
      fix: "keep one of them",
    };
  },
});
