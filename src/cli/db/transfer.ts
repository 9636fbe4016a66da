/** `db push` and `db pull`: the signed database as an artifact of a registry. */
import type { Command } from "commander";
import { reaching } from "../options.ts";

type Finish = (code: Promise<number> | number) => Promise<void>;

/** Adds the two commands. Their code is loaded when one of them is run. */
export function transferring(db: Command, finish: Finish): void {
  reaching(db.command("push"))
    .argument("<reference>", "oci://REGISTRY/REPOSITORY:TAG")
    .description("push the advisory database to a registry, signed")
    .option("--db <file>", "database file (default: see `bulkhead db status`)")
    .option("--key <file>", "sign it with this Ed25519 private key (PKCS #8, PEM)")
    .action(async (reference: string, options) => finish((await import("./push.ts")).dbPush(reference, options)));
  reaching(db.command("pull"))
    .argument("<reference>", "oci://REGISTRY/REPOSITORY:TAG, or …@sha256:DIGEST to pin it")
    .description("pull the advisory database from a registry; its signature and age are verified first")
    .option("--db <file>", "database file to write (default: see `bulkhead db status`)")
    .option("--public-key <file>", "public key of the required signature: Ed25519 (SPKI, PEM)")
    .option("--insecure-unsigned", "accept a database without a signature", false)
    .option("--max-age <days>", "reject a database older than this many days", "7")
    .option("--allow-older", "replace a newer database with an older one", false)
    .option("--bundle <file>", "cache file of the bundle, fetched again only if the registry has another one")
    .action(async (reference: string, options) => finish((await import("./pull.ts")).dbPull(reference, options)));
}
