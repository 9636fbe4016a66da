import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { unfolded } from "./dockerfile/stages.ts";

/** Builds in the network of the machine that builds (Dockerfile reference, `RUN --network`). */
export const networkHost = dockerfileCheck({
  name: "network-host",
  title: "RUN --network=host",
  severity: "high",
  withoutControl: "it is about the machine that builds, and control 4 counts workloads",
  documentation: {
    what: "Checks for `RUN --network=host`.",
    why: "The command reaches all that the building machine reaches, also what listens on its loopback: a cloud's metadata with its credentials, Docker's own API, other builds. BuildKit refuses it unless the entitlement is granted, and a builder with the entitlement grants it to all.",
    fix: "Leave the flag out. What the command needs can be a stage, a mount or a build context of its own.",
    references: ["https://docs.docker.com/reference/dockerfile/#run---network"],
  },
  needs: { dockerfile: "partial" },
  *detect({ dockerfile }) {
    for (const { keyword, flags, stage } of unfolded(dockerfile)) {
      for (const { name, value, range } of flags) {
        if (keyword !== "RUN" || name !== "network" || value?.value !== "host") continue;
        const title = "RUN uses the network of the build host";
        yield { subject: "RUN --network=host", title, range, stage, fix: "remove --network=host" };
      }
    }
  },
});
