import { engineCheck } from "./engine/engine-check.ts";

/** Containers of the default bridge reach each other. */
export const engineInterContainer = engineCheck({
  name: "engine-inter-container",
  title: "Open traffic on the default bridge",
  severity: "low",
  documentation: {
    what: "Checks `icc` of a docker engine: whether containers of the default bridge reach each other's ports, published or not. CIS Docker 2.2.",
    why: "Whoever has one container of the default bridge reaches every other there, which mostly trusts its network.",
    fix: "Set `icc: false` in daemon.json, and give containers that belong together a network of their own.",
    references: ["https://docs.docker.com/engine/network/drivers/bridge/"],
  },
  engines: ["docker"],
  needs: { configuration: "complete" },
  *detect({ configuration: { interContainer } }) {
    if (interContainer !== true) return;
    yield {
      subject: "icc",
      title: "Containers of the default bridge reach each other's ports",
      fix: "set icc: false in daemon.json",
      field: "icc",
    };
  },
});
