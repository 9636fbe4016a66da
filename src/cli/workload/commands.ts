/** Commands of manifests. Their code is loaded when one of them is run. */
import type { Command } from "commander";
import { evaluating } from "../display-options.ts";
import type { Finish } from "../finish.ts";
import { collect, walking } from "../options.ts";
import { RENDER } from "../render-option.ts";
import { ROTATION } from "../rotation-option.ts";

export function workloadCommands(program: Command, finish: Finish): void {
  const workload = program
    .command("workload")
    .description("audit Kubernetes manifests, Compose files and container engines");
  walking(evaluating(workload.command("audit")))
    .argument(
      "[place]",
      "directory of manifests and Compose files, a file, - for standard input, docker: or podman:",
      ".",
    )
    .description("audit against Pod Security Standards and hardening checks")
    .option("--render", RENDER, false)
    .option("--rotation <secret>", ROTATION)
    .action(async (place: string, options) => finish((await import("./audit.ts")).workloadAudit(place, options)));
  walking(evaluating(workload.command("fix")))
    .argument("[place]", "directory of manifests, or a file", ".")
    .description("apply safe fixes to manifests and verify them with all checks")
    .option("--dry-run", "print fixes as a patch, change no files", false)
    .option("--report <file>", "apply only the fixes of a JSON report: file or git:REF:PATH")
    .option("--learned <file>", "what `runtime learn` wrote of the workloads; repeatable", collect, [] as string[])
    .option("--unsafe", "include unverified fixes, which may break workloads", false)
    .option("--enforce", "set enforce labels on namespaces, not only warn", false)
    .addHelpText("after", "\n--format patch and --format kustomize print the changes and change no files.")
    .action(async (place: string, options) => finish((await import("./fix.ts")).workloadFix(place, options)));
}
