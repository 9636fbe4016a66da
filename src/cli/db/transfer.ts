/** `db push` and `db pull`: the signed database as an artifact of a registry. */
import type { Command } from "commander";
import { reaching } from "../options.ts";

type Finish = (code: Promise<number> | number) => Promise<void>;

/** Adds the two commands. Their code is loaded when one of them is run. */
export function transferring(db: Command, finish: Finish): void {
  reaching(db.command("push"))
    .argument("<reference>", "oci://REGISTRY/REPOSITORY:TAG")
    .description("push the advisory database to a registry, signed")
    .option("--db <file>", "which (default: the user's)")
    .option("--key <file>", "sign it with this Ed25519 private key (PKCS #8, PEM)")
    .action(async (reference: string, options) => finish((await import("./push.ts")).dbPush(reference, options)));
  reaching(db.command("pull"))
    .argument("<reference>", "oci://REGISTRY/REPOSITORY:TAG, or …@sha256:DIGEST to pin it")
    .description("pull the advisory database from a registry; verified by signature and age before it is used")
    .option("--db <file>", "where to (default: the user's)")
    .option("--public-key <file>", "public key of the required signature: Ed25519 (SPKI, PEM)")
    .option("--insecure-unsigned", "accept a database without a signature", false)
    .option("--max-age <days>", "refuse a database made earlier than this many days ago", "7")
    .option("--bundle <file>", "keep the bundle here, and fetch it only if the registry has another one")
    .action(async (reference: string, options) => finish((await import("./pull.ts")).dbPull(reference, options)));
}
