import { engineCheck } from "./engine/engine-check.ts";

/** Engines that run a program for each published port. */
export const engineUserlandProxy = engineCheck({
  name: "engine-userland-proxy",
  title: "Userland proxy of an engine",
  severity: "low",
  documentation: {
    what: "Checks `userland-proxy` of a docker engine. CIS Docker 2.16.",
    why: "A program of root's takes connections to each published port, and containers see its address in place of the client's.",
    fix: "Set `userland-proxy: false` in daemon.json where the kernel can do hairpin NAT.",
    references: ["https://docs.docker.com/reference/cli/dockerd/#daemon-configuration-file"],
  },
  engines: ["docker"],
  needs: { configuration: "complete" },
  *detect({ info: { rootless }, configuration: { userlandProxy } }) {
    // Without root there is no other way to publish a port.
    if (userlandProxy !== true || rootless) return;
    yield {
      subject: "userland-proxy",
      title: "A program of root's serves each published port",
      fix: "set userland-proxy: false in daemon.json",
      field: "userland-proxy",
    };
  },
});
