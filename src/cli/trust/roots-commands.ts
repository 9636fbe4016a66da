/** `trust update` and `trust status`: the trusted roots of Sigstore's instances. */
import type { Command } from "commander";

type Finish = (code: Promise<number> | number) => Promise<void>;

const FOLDER = "directory of downloaded roots (default: in the user's cache directory)";

/** Adds the two commands. Their code is loaded when one of them is run. */
export function rootsCommands(program: Command, finish: Finish): void {
  const trust = program.command("trust").description("manage the trusted roots of Sigstore instances");
  trust
    .command("update")
    .argument("[instance...]", "public-good or github (default: both)")
    .description("download the trusted roots by TUF, verified from the keys in this program")
    .option("--mirror <url>", "mirror of the instance's TUF repository")
    .option("--repository <url>", "TUF repository of a private instance, with --root and --output")
    .option("--root <file>", "root.json of the private instance's repository, from a trusted place")
    .option("--output <file>", "file to write the private instance's trusted root to")
    .option("--roots <dir>", FOLDER)
    .option("--ca-file <file>", "CA certificates for the server (PEM)")
    .action(async (names: string[], options) => finish((await import("./update.ts")).trustUpdate(names, options)));
  trust
    .command("status")
    .description("show the trusted roots, where they are from and how old they are")
    .option("--roots <dir>", FOLDER)
    .option("--now <time>", "ages as of this time (ISO 8601), for reproducible runs")
    .option("--json", "print JSON", false)
    .action(async (options) => finish((await import("./status.ts")).trustStatus(options)));
}
