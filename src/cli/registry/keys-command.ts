/** `registry keys`. */
import type { Command } from "commander";
import type { Finish } from "../finish.ts";

export function keysCommand(registry: Command, finish: Finish): void {
  registry
    .command("keys")
    .argument("<dir>", "directory of the keys, as for `registry serve --keys`")
    .description("create the keys that the registry guard signs tokens with, or add new ones")
    .option("--rotate", "add a key that signs from two minutes later on; earlier ones go on to verify", false)
    .option("--older-than <days>", "with --rotate: only if the youngest key is older than this many days")
    .action(async (dir: string, options) => finish((await import("./keys.ts")).registryKeys(dir, options)));
}
