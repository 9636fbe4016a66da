/** `bulkhead check`. */
import type { Command } from "commander";
import { evaluating } from "./display-options.ts";
import type { Finish } from "./finish.ts";
import {
  collect,
  connecting,
  fetching,
  importing,
  learning,
  probing,
  pulling,
  updating,
  verifying,
  walking,
} from "./options.ts";
import { RENDER } from "./render-option.ts";

export function checkCommand(program: Command, finish: Finish): void {
  importing(
    learning(
      probing(walking(updating(verifying(connecting(pulling(fetching(evaluating(program.command("check"))))))))),
    ),
  )
    .argument("[dir]", "directory to check", ".")
    .description("check everything in a directory and report the ten controls")
    .option("--cluster", "check a live cluster instead of a directory, or with the directory that is named", false)
    .option("--node", "check what watches this machine's system calls instead of a directory", false)
    .option("--root <directory>", "with --node: where the host's root filesystem is mounted", "/")
    .option("--host <name>", "with --node: name of the node (default: the host's own)")
    .option(
      "--proofs <place>",
      "with --node or --cluster: proofs of `runtime prove`, files or directories; repeatable",
      collect,
      [] as string[],
    )
    .option(
      "--runs <file>",
      "past runs of pipelines, as `gh run list --json workflowName,event,conclusion,createdAt` writes them",
    )
    .option("--render", RENDER, false)
    .option(
      "--probe-registry <ref>",
      "ask this registry what it lets anyone do, changing nothing: registry.example.com/shop/api; repeatable",
      collect,
      [] as string[],
    )
    .action(async (dir: string, options, command) => {
      const isNamed = command.args.length > 0;
      return finish((await import("./check.ts")).check(dir, options, { isNamed }));
    });
}
