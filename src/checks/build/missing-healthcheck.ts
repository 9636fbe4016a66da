import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { shippedStages } from "./dockerfile/stages.ts";

/** Servers whose state nobody asks for (Dockerfile reference, HEALTHCHECK). */
export const missingHealthcheck = dockerfileCheck({
  name: "missing-healthcheck",
  title: "Missing HEALTHCHECK",
  severity: "negligible",
  documentation: {
    what: "Checks for images that name a port by `EXPOSE` and have no `HEALTHCHECK` in the last stage or those that it is built on. The base image may have one, which is not known here. Not reported: `HEALTHCHECK NONE`.",
    why: "Docker and Swarm see that the process runs, and not that it answers: one that hangs, or that an attack has crippled, stays in service. Kubernetes has probes of its own and does not read it.",
    fix: 'Write `HEALTHCHECK CMD ["/app", "health"]`, with a program that is in the image anyway, or `HEALTHCHECK NONE` where probes do it.',
    references: ["https://docs.docker.com/reference/dockerfile/#healthcheck"],
  },
  needs: { dockerfile: "complete" },
  *detect({ dockerfile }) {
    const shipped = shippedStages(dockerfile);
    const own = dockerfile.stages.filter(({ index }) => shipped.has(index)).flatMap(({ instructions }) => instructions);
    const exposed = own.find(({ keyword }) => keyword === "EXPOSE");
    if (exposed === undefined || own.some(({ keyword }) => keyword === "HEALTHCHECK")) return;
    yield {
      subject: "health",
      title: "Image exposes a port and has no HEALTHCHECK",
      range: exposed.range,
      stage: exposed.stage,
      fix: "add a HEALTHCHECK, or HEALTHCHECK NONE if the orchestrator uses probes",
    };
  },
});
