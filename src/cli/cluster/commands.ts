/** Commands of clusters. Their code is loaded when one of them is run. */
import type { Command } from "commander";
import { evaluating } from "../display-options.ts";
import type { Finish } from "../finish.ts";
import { connecting, pulling, updating } from "../options.ts";
import { ROTATION } from "../rotation-option.ts";

export function clusterCommands(program: Command, finish: Finish): void {
  const cluster = program.command("cluster").description("audit a live cluster");
  updating(connecting(pulling(evaluating(cluster.command("audit")))))
    .description("audit workloads, namespaces and RBAC of a cluster (read-only)")
    .option("--rotation <secret>", ROTATION)
    .action(async (options) => finish((await import("./audit.ts")).clusterAudit(options)));
}
