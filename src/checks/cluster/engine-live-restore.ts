import { engineCheck } from "./engine/engine-check.ts";

/** Engines whose update stops every container. */
export const engineLiveRestore = engineCheck({
  name: "engine-live-restore",
  title: "Engine without live restore",
  severity: "low",
  documentation: {
    what: "Checks `live-restore` of a docker engine that is in no swarm, which has no such setting. Containers of podman run by themselves. CIS Docker 2.15.",
    why: "Containers stop whenever the daemon does, so that its security updates wait for a night that suits.",
    fix: "Set `live-restore: true` in daemon.json.",
    references: ["https://docs.docker.com/engine/daemon/live-restore/"],
  },
  engines: ["docker"],
  *detect({ info: { liveRestore, swarm } }) {
    if (liveRestore || swarm) return;
    yield {
      subject: "live-restore",
      title: "Containers stop when the engine is updated",
      fix: "set live-restore: true in daemon.json",
      field: "LiveRestoreEnabled",
    };
  },
});
