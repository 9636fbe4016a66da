import { engineCheck } from "./engine/engine-check.ts";

/** Engines whose containers may gain privileges unless each says otherwise. */
export const engineNewPrivileges = engineCheck({
  name: "engine-new-privileges",
  title: "Engine allows new privileges by default",
  severity: "low",
  documentation: {
    what: "Checks whether a docker engine sets `no-new-privileges` for every container. CIS Docker 2.14.",
    why: "Without it a setuid program in any image makes its user root of the container; each container has to be told by itself.",
    fix: "Set `no-new-privileges: true` in daemon.json.",
    references: ["https://docs.docker.com/reference/cli/dockerd/#daemon-configuration-file"],
  },
  engines: ["docker"],
  *detect({ info: { noNewPrivileges } }) {
    if (noNewPrivileges) return;
    yield {
      subject: "no-new-privileges",
      title: "Containers may gain privileges unless each forbids it",
      fix: "set no-new-privileges: true in daemon.json",
      field: "SecurityOptions",
    };
  },
});
