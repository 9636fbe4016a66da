/** Commands of secrets. Their code is loaded when one of them is run. */
import type { Command } from "commander";
import { evaluating } from "../display-options.ts";
import type { Finish } from "../finish.ts";
import { collect, pulling, walking } from "../options.ts";

export function secretsCommands(program: Command, finish: Finish): void {
  const secrets = program.command("secrets").description("find keys, tokens and passwords");
  walking(pulling(evaluating(secrets.command("scan"))))
    .argument("[target]", "directory, file, - for standard input, or an image as for `image scan`", ".")
    .description("scan for secrets (output is redacted)")
    .option("--history", "scan the full Git history", false)
    .option("--rules <file>", "additional rules: gitleaks TOML file; repeatable", collect, [] as string[])
    .option("--fingerprint-key <file>", "key file for fingerprints, at least 16 random bytes")
    .action(async (target: string, options) => finish((await import("./scan.ts")).secretsScan(target, options)));
}
