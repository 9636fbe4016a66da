import type { RatedSeverity } from "../../core/severity.ts";
import { administrationPorts } from "../knowledge/administration-ports.ts";
import type { ImageCheck } from "../subjects/image.ts";

/** Ports that an image should not need (ip(7), `ip_unprivileged_port_start`). */
export const exposedPort: ImageCheck<"config"> = {
  id: "image/exposed-port",
  title: "Privileged or administration ports exposed",
  layer: "image",
  category: "configuration",
  controls: [],
  withoutControl: "none of the ten is about ports",
  severity: "varies",
  documentation: {
    what: "Checks the ports that the image's configuration exposes. Those below 1024 are low; those by which a machine is administered or a program debugged (SSH, Telnet, Docker's API, Remote Desktop, VNC, debuggers…) are medium.",
    why: "By default Linux lets only root, or a process with `CAP_NET_BIND_SERVICE`, listen below 1024. Docker and recent Kubernetes lower the bound within a container; where they do not, the image needs a right that it should not have. A port for administration is a second way in beside the one that the cluster guards and logs.",
    fix: "Let the program listen on a port from 1024 on, and map it from outside: `EXPOSE 8080`. Take servers for administration out of the image: `kubectl exec` and `kubectl debug` do the same and are logged.",
    references: [
      "https://github.com/opencontainers/image-spec/blob/main/config.md",
      "https://man7.org/linux/man-pages/man7/ip.7.html",
    ],
  },
  subject: "image",
  needs: { config: "complete" },
  applies: ({ config }) => config.exposedPorts.length > 0,
  looked: ({ config }) => ({ ports: String(config.exposedPorts.length) }),
  *evaluate({ config }) {
    for (const exposed of config.exposedPorts) {
      const match = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/([a-z]{1,8}))?$/i.exec(exposed);
      if (match === null) continue;
      const port = Number(match[1]);
      const isAlone = match[2] === undefined || match[2] === match[1];
      // syslog is UDP on a port that rsh has.
      const service = isAlone && match[3]?.toLowerCase() !== "udp" ? administrationPorts.get(port) : undefined;
      if (port === 0 || (service === undefined && port >= 1024)) continue;
      const severity: RatedSeverity = service === undefined ? "low" : "medium";
      yield {
        subject: `port ${exposed}`,
        severity,
        title:
          service === undefined
            ? `Port ${exposed} is privileged (below 1024)`
            : `Port ${exposed} (${service}) is exposed`,
        locations: [{ kind: "config", field: "config.ExposedPorts" }],
        matches: { ids: ["image/exposed-port"] },
        fix: {
          kind: "instruction",
          text:
            service === undefined
              ? "listen on a port of 1024 or above"
              : "remove the server and its EXPOSE from the image",
        },
        evidence: { port: exposed },
      };
    }
  },
};
