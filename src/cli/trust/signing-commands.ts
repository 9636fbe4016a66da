/** `sign`, `attest` and `generate-key`. Their code is loaded when one of them is run. */
import type { Command } from "commander";
import { collect, reaching } from "../options.ts";

type Finish = (code: Promise<number> | number) => Promise<void>;

/** Options of what signs. */
function signing(command: Command, forms: string): Command {
  return reaching(command)
    .option("--form <form>", `${forms}; repeatable`, collect, [] as string[])
    .option("--recursive", "with an index: also each image in it", false)
    .option("--dry-run", "show what would be signed; write and log nothing", false)
    .option("--format <format>", "text or json", "text")
    .optionsGroup("Signer:")
    .option("--key <key>", "private key: PEM file or env://NAME (default: a certificate for an identity token)")
    .option("--password-file <file>", "password of the key (default: COSIGN_PASSWORD)")
    .option("--certificate <file>", "certificate of an own authority for the key (PEM)")
    .option("--certificate-chain <file>", "issuers of the certificate, its own first (PEM)")
    .option(
      "--identity-token <source>",
      "github, kubernetes, env://NAME or a file (default: SIGSTORE_ID_TOKEN, GitHub Actions, Kubernetes)",
    )
    .option("--fulcio <url>", "certificate authority for identities", "https://fulcio.sigstore.dev")
    .optionsGroup("Time and transparency:")
    .option("--rekor <url>", "transparency log, or none (default: Sigstore's public log; none with --key)")
    .option("--rekor-version <version>", "API of the log: 1, or 2 with --tsa", "1")
    .option("--rekor-entry <kind>", "entry of attestations in Rekor v1: dsse or intoto", "dsse")
    .option("--tsa <url>", "RFC 3161 timestamp authority (full URL)")
    .option("--service-ca-file <file>", "CA certificates for these services (PEM)")
    .optionsGroup("");
}

export function signingCommands(program: Command, finish: Finish): void {
  signing(program.command("sign"), "cosign-sig (default), cosign-referrer or bundle-signature")
    .argument("<reference...>", "registry/name:tag or registry/name@digest")
    .description("sign images in a registry")
    .option("--annotation <name=value>", "signed with the image; repeatable", collect, [] as string[])
    .addHelpText(
      "after",
      `
Examples:
  bulkhead sign --key cosign.key registry.example.com/shop/api@sha256:…
  bulkhead sign registry.example.com/shop/api:2.0.1 --recursive      in GitHub Actions, with id-token: write
  bulkhead sign --dry-run --format json registry.example.com/shop/api:2.0.1`,
    )
    .action(async (references: string[], options) => finish((await import("./sign.ts")).sign(references, options)));
  signing(program.command("attest"), "cosign-att (default) or bundle-attestation")
    .argument("<reference...>", "registry/name:tag or registry/name@digest")
    .description("attest to what images are: provenance, SBOM, scan, VEX")
    .requiredOption("--type <type>", "slsa, sbom, vuln, vex, or a predicate type as URI")
    .option(
      "--predicate <file>",
      "JSON: an SBOM, a report of `image scan`, a VEX document or a predicate; not with slsa",
    )
    .optionsGroup("Provenance (--type slsa):")
    .option("--source <dir>", "directory that was built: its commit and lockfiles are listed", ".")
    .option(
      "--dockerfile <file>",
      "Dockerfile of the image, whose pinned base images are listed; repeatable",
      collect,
      [] as string[],
    )
    .option(
      "--oidc-issuer <url>",
      "further issuer of identity tokens to trust (default: GitHub Actions, GitLab.com); repeatable",
      collect,
      [] as string[],
    )
    .optionsGroup("")
    .addHelpText(
      "after",
      `
Examples:
  bulkhead attest --type slsa registry.example.com/shop/api@sha256:…      in GitHub Actions, with id-token: write
  bulkhead attest --type sbom --predicate api.cdx.json --key cosign.key registry.example.com/shop/api@sha256:…
  bulkhead attest --type vuln --predicate scan.json --key cosign.key registry.example.com/shop/api@sha256:…`,
    )
    .action(async (references: string[], options) => finish((await import("./attest.ts")).attest(references, options)));
  program
    .command("generate-key")
    .argument("[prefix]", "files to write: PREFIX.key and PREFIX.pub", "bulkhead")
    .description("create a key pair for signing (ECDSA P-256, encrypted, readable by cosign)")
    .option("--password-file <file>", "password of the key (default: COSIGN_PASSWORD)")
    .action(async (prefix: string, options) =>
      finish((await import("./generate-key.ts")).generateKey(prefix, options)),
    );
}
