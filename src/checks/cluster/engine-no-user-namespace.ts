import { engineCheck } from "./engine/engine-check.ts";

/** Engines where root in a container is root on the machine. */
export const engineNoUserNamespace = engineCheck({
  name: "engine-no-user-namespace",
  title: "Engine without user namespaces",
  severity: "medium",
  documentation: {
    what: "Checks whether a docker engine runs without root, or maps the users of containers to others (`userns-remap`). Podman is asked for it by each container, so that its engine says nothing of it. CIS Docker 2.1 and 2.9.",
    why: "Whoever breaks out of a container as root is root on the machine.",
    fix: "Run the engine rootless, or set `userns-remap: default` in daemon.json: images are pulled anew then.",
    references: [
      "https://docs.docker.com/engine/security/userns-remap/",
      "https://docs.docker.com/engine/security/rootless/",
    ],
  },
  engines: ["docker"],
  *detect({ info: { rootless, remapsUsers } }) {
    if (rootless || remapsUsers) return;
    yield {
      subject: "userns-remap",
      title: "Root in a container is root on the machine: users are not mapped",
      fix: "run docker rootless, or set userns-remap: default in daemon.json",
      field: "SecurityOptions",
    };
  },
});
