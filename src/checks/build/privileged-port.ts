import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { exposedPorts } from "./dockerfile/ports.ts";
import { shippedStages } from "./dockerfile/stages.ts";

/** Ports below 1024 (ip(7), `ip_unprivileged_port_start`). */
export const privilegedPort = dockerfileCheck({
  name: "privileged-port",
  title: "Privileged ports (below 1024)",
  severity: "low",
  documentation: {
    what: "Checks the ports that `EXPOSE` names in the last stage and those that it is built on. Those below 1024 are reported.",
    why: "By default Linux lets only root, or a process with `CAP_NET_BIND_SERVICE`, listen there. Docker and recent Kubernetes lower the bound within a container; where they do not, the image needs a right that it should not have.",
    fix: "Let the program listen on a port from 1024 on, and map it from outside: `EXPOSE 8080`.",
    references: ["https://man7.org/linux/man-pages/man7/ip.7.html"],
  },
  needs: { dockerfile: "partial" },
  *detect({ dockerfile }) {
    const shipped = shippedStages(dockerfile);
    for (const { word, range, stage } of exposedPorts(dockerfile)) {
      if (range === undefined || range.first >= 1024 || stage === undefined || !shipped.has(stage)) continue;
      yield {
        subject: `EXPOSE ${word.text}`,
        title: `Port ${word.text} is privileged (below 1024)`,
        range: word.range,
        stage,
        fix: "listen on a port of 1024 or above",
      };
    }
  },
});
