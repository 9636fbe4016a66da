/** Commands of the advisory database. Their code is loaded when one of them is run. */
import type { Command } from "commander";
import type { Finish } from "../finish.ts";
import { collect } from "../options.ts";
import { transferring } from "./transfer.ts";

export function dbCommands(program: Command, finish: Finish): void {
  const db = program.command("db").description("manage the advisory database");
  db.command("import")
    .argument(
      "<source...>",
      "OSV records, Red Hat's CSAF, Arch's and Photon's lists: directories, .zip, .tar.zst, .tar.gz, .json, .jsonl, .jsonl.gz, with a coverage.json beside them; updateinfo.xml; rpm repositories: directories with repodata, or ECOSYSTEM=DIR; KEV (.json), EPSS (.csv); or one .bundle",
    )
    .description("build the advisory database from files")
    .option("--db <file>", "database file to write (default: see `bulkhead db status`)")
    .option("--label <text>", "label shown in reports that use the database")
    .option(
      "--covers <ecosystem[:release]@date>",
      "declare complete coverage of an ecosystem as of a date; repeatable",
      collect,
      [] as string[],
    )
    .option(
      "--keyring <file>",
      "OpenPGP keys (file or directory) that must have signed the rpm repositories; repeatable",
      collect,
      [] as string[],
    )
    .option("--public-key <file>", "public key of the required signature: Ed25519 (SPKI, PEM)")
    .option("--insecure-unsigned", "import a bundle without verifying its signature", false)
    .option("--max-age <days>", "reject a bundle older than this many days")
    .option("--allow-older", "replace a newer database with an older bundle", false)
    .option("--quiet", "suppress progress output", false)
    .action(async (sources: string[], options) => finish((await import("./import.ts")).dbImport(sources, options)));
  db.command("update")
    .description("download new and changed advisories")
    .option("--db <file>", "database file (default: see `bulkhead db status`)")
    .option("--from <url>", "mirror in OSV's layout (default: OSV's bucket)")
    .option(
      "--ecosystem <name>",
      "OSV ecosystem (Debian, npm), or a vendor's own (Amazon Linux, Oracle Linux:9, Fedora:44); repeatable (default: those in the database, else all supported ones)",
      collect,
      [] as string[],
    )
    .option(
      "--kev <url>",
      "catalog of known exploited vulnerabilities, or none (default: CISA's, unless --from is given)",
    )
    .option("--epss <url>", "EPSS scores, or none (default: FIRST's, unless --from is given)")
    .option("--ca-file <file>", "CA certificates for the servers (PEM)")
    .option(
      "--keyring <[feed=]file>",
      "OpenPGP keys (file or directory) that must have signed a vendor's feed (Red Hat:VEX=key.txt); repeatable",
      collect,
      [] as string[],
    )
    .option("--quiet", "suppress progress output", false)
    .action(async (options) => finish((await import("./update.ts")).dbUpdate(options)));
  db.command("export")
    .argument("<file>", "bundle file to write: advisories.bundle")
    .description("export the database for air-gapped use")
    .option("--db <file>", "database file (default: see `bulkhead db status`)")
    .option("--key <file>", "sign it with this Ed25519 private key (PKCS #8, PEM)")
    .action(async (file: string, options) => finish((await import("./export.ts")).dbExport(file, options)));
  db.command("status")
    .description("show sources, coverage and dates")
    .option("--db <file>", "database file (default: see `bulkhead db status`)")
    .option("--json", "print JSON", false)
    .action(async (options) => finish((await import("./status.ts")).dbStatus(options)));

  transferring(db, finish);
}
