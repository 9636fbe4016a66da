/** `registry mirror-config`. */
import { type Command, Option } from "commander";
import { mirroredRuntimes } from "../../guards/registry/upstream/mirrors.ts";
import type { Finish } from "../finish.ts";

export function mirrorCommand(registry: Command, finish: Finish): void {
  registry
    .command("mirror-config")
    .argument("<url>", "address of the guard as nodes reach it: https://registry.example.com")
    .description("print settings by which container runtimes ask the guard in the place of its upstreams")
    .option("--policy <source>", "policy file or git:REF:PATH with registry.upstreams (default: this directory's)")
    .option("--environment <name>", "environment of the policy")
    .addOption(
      new Option("--for <runtime...>", "runtimes; podman is also CRI-O, buildah and skopeo (default: all)").choices(
        mirroredRuntimes,
      ),
    )
    .option("--ca-file <path>", "path on the nodes of the authority that signed the guard's certificate")
    .option("--write <dir>", "write the files below this directory: / of a node, or a folder for its provisioning")
    .addHelpText(
      "after",
      `
Examples:
  bulkhead registry mirror-config https://registry.example.com --policy bulkhead.yaml
  bulkhead registry mirror-config https://registry.example.com --for containerd --write /`,
    )
    .action(async (url: string, options) => finish((await import("./mirror-config.ts")).mirrorConfig(url, options)));
}
