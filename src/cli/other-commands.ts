/** Commands of no group but `policy`. Their code is loaded when one of them is run. */
import type { Command } from "commander";
import type { Finish } from "./finish.ts";
import { pulling } from "./options.ts";

export function otherCommands(program: Command, finish: Finish): void {
  pulling(program.command("vex"))
    .argument("[image...]", "images that the policy's exceptions apply to, as for `image scan`, or sbom:FILE")
    .description("generate VEX from policy exceptions")
    .option("--policy <source>", "policy file or git:REF:PATH (default: ./bulkhead.yaml)")
    .option("--format <format>", "openvex (0.2.0), csaf (2.0) or cyclonedx (1.6)", "openvex")
    .option("--author <name>", "author of the document (default: the exceptions' owners)")
    .option("--output <file>", "output file (default: standard output)")
    .option("--db <file>", "advisory database file (default: see `bulkhead db status`)")
    .option("--quiet", "suppress progress output", false)
    .option("--no-cache", "do not read or write the scan cache")
    .option("--cache <file>", "scan cache file (default: in the user's cache directory)")
    .option(
      "--now <time>",
      "evaluate and date as of this time (ISO 8601), for reproducible runs; SOURCE_DATE_EPOCH dates it, too",
    )
    .action(async (images: string[], options) => finish((await import("./vex.ts")).vex(images, options)));

  const policy = program.command("policy").description("validate policy files");
  policy
    .command("validate")
    .argument("[file]", "policy file", "bulkhead.yaml")
    .description("validate a policy file and print the effective policy")
    .option("--environment <name>", "print the effective policy of this environment")
    .action(async (file: string, { environment }) =>
      finish((await import("./policy/validate.ts")).policyValidate(file, environment)),
    );

  program
    .command("import-ignores")
    .argument("<file...>", ".trivyignore, .trivyignore.yaml, .grype.yaml, .gitleaksignore or gitleaks.toml")
    .description("convert ignore files of Trivy, Grype and gitleaks to policy exceptions")
    .requiredOption("--owner <name>", "owner of the exceptions")
    .requiredOption("--expires <date>", "last day of the exceptions: 2026-12-31; an entry's earlier date is kept")
    .option("--reason <text>", "reason for entries without one")
    .action(async (files: string[], options) =>
      finish((await import("./import-ignores.ts")).importIgnores(files, options)),
    );

  program
    .command("explain")
    .argument("[topic]", "check, secret rule, advisory (CVE, GHSA, …) or policy key (default: list the checks)")
    .description("explain a check and how to fix its findings, a secret rule, an advisory or a policy key")
    .option("--db <file>", "advisory database file (default: see `bulkhead db status`)")
    .action(async (topic: string | undefined, { db }) => finish((await import("./explain.ts")).explain(topic, db)));

  program
    .command("cache")
    .argument("[action]", "status, prune or clear", "status")
    .description("show, prune or clear the scan cache and compiled code")
    .option("--older-than <days>", "with prune: remove entries that were not used for so many days (default: 90)")
    .option("--max-size <MB>", "with prune: remove the oldest entries until it is no larger (default: 1074)")
    .option("--cache <file>", "scan cache file (default: in the user's cache directory)")
    .action(async (action: string, options) => finish((await import("./cache.ts")).cache(action, options)));

  program
    .command("init")
    .argument("[dir]", "directory to write to", ".")
    .description("create a policy file with defaults, and its JSON Schema")
    .option("--package-managers", "write the settings of an existing policy to the package managers' own files", false)
    .option(
      "--pipeline <provider>",
      "write a delivery pipeline instead, from build to signed deployment: github or gitlab",
    )
    .option("--diff", "with --pipeline: print a patch, write no files", false)
    .option("--force", "with --pipeline: replace files that an earlier run wrote", false)
    .action(async (dir: string, options) => finish((await import("./init.ts")).init(dir, options)));

  program
    .command("completion")
    .argument("<shell>", "bash, zsh or fish")
    .description("generate a shell completion script")
    .action(async (shell: string) => finish((await import("./completion/completion.ts")).completion(shell, program)));
}
