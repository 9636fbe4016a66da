import { digestOf } from "../findings/one-line.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { unfolded } from "./dockerfile/stages.ts";

/** Privileged steps of a build (Dockerfile reference, `RUN --security`). */
export const securityInsecure = dockerfileCheck({
  name: "security-insecure",
  title: "RUN --security=insecure",
  severity: "high",
  withoutControl: "it is about the machine that builds, and control 4 counts workloads",
  documentation: {
    what: "Checks for `RUN --security=insecure`.",
    why: "The command runs without a sandbox, as `docker run --privileged` does: whatever it downloads and executes owns the machine that builds, and with it every image that is built there.",
    fix: "Leave the flag out, and build what needs it (kernel modules, filesystems, images in images) with a tool that runs without privileges.",
    references: ["https://docs.docker.com/reference/dockerfile/#run---security"],
  },
  needs: { dockerfile: "partial" },
  *detect({ dockerfile }) {
    for (const { keyword, flags, stage, range: whole } of unfolded(dockerfile)) {
      for (const { name, value, range } of flags) {
        if (keyword !== "RUN" || name !== "security" || value?.value !== "insecure") continue;
        const title = "RUN has full privileges on the build host";
        const told = digestOf(dockerfile.text.slice(whole.start, whole.end));
        yield { subject: `RUN --security=insecure ${told}`, title, range, stage, fix: "remove --security=insecure" };
      }
    }
  },
});
