import { administrationPorts } from "../knowledge/administration-ports.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { exposedPorts } from "./dockerfile/ports.ts";
import { shippedStages } from "./dockerfile/stages.ts";

/** Ports for administering or debugging what runs in the container. */
export const remoteAdministrationPort = dockerfileCheck({
  name: "remote-administration-port",
  title: "Remote administration ports exposed",
  severity: "medium",
  documentation: {
    what: "Checks the ports that `EXPOSE` names in the last stage and those that it is built on. Those of SSH, Telnet, the r-commands, Docker's API, Remote Desktop, VNC, WinRM and debuggers are reported.",
    why: "A second way in, with its own passwords and keys, beside the one that the cluster guards and logs. Anyone who reaches a debugger or Docker's API there runs what they like.",
    fix: "Take the server out of the image. `docker exec`, `kubectl exec` and `kubectl debug` do the same and are logged.",
    references: ["https://docs.docker.com/reference/dockerfile/#expose"],
  },
  needs: { dockerfile: "partial" },
  *detect({ dockerfile }) {
    const shipped = shippedStages(dockerfile);
    for (const { word, range, stage } of exposedPorts(dockerfile)) {
      if (range === undefined || range.first !== range.last || stage === undefined || !shipped.has(stage)) continue;
      const service = administrationPorts.get(range.first);
      // syslog is UDP on a port that rsh has.
      if (service === undefined || /\/udp$/i.test(word.value ?? "")) continue;
      yield {
        subject: `EXPOSE ${word.text}`,
        title: `Port ${word.text} (${service}) is exposed`,
        range: word.range,
        stage,
        fix: "remove the server and its EXPOSE from the image",
      };
    }
  },
});
