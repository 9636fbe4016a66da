/** `verify` and `trace`. Their code is loaded when one of them is run. */
import type { Command } from "commander";
import { collect, naming, pulling, reaching } from "../options.ts";

type Finish = (code: Promise<number> | number) => Promise<void>;

const none: string[] = [];

/** Options of who must have signed. */
function trusting(command: Command, formats: string): Command {
  return command
    .optionsGroup("Who must have signed:")
    .option("--policy <source>", "trusted policy file or git:REF:PATH (default: ./bulkhead.yaml, untrusted)")
    .option("--environment <name>", "environment of the policy, whose values override its defaults")
    .option("--key <file>", "public key (PEM), or env://NAME; repeatable", collect, none)
    .option("--identity <name>", "exact identity in the certificate, a URI or an address; repeatable", collect, none)
    .option("--issuer <url>", "exact issuer of the identity token, with --identity")
    .option("--subject <name>", "exact subject of the certificate (RFC 4514), with --ca; repeatable", collect, none)
    .option("--at-least <count>", "how many of those must have signed (default: all)")
    .option(
      "--attestation <type>",
      "require this attestation by them instead of a signature: slsa, vsa, sbom, vuln, vex, test, or a predicate type; repeatable",
      collect,
      none,
    )
    .optionsGroup("What vouches for certificates:")
    .option("--ca <file>", "own certificate authority (PEM); repeatable", collect, none)
    .option("--tsa-ca <file>", "own timestamp authority (PEM); repeatable", collect, none)
    .option(
      "--root <root>",
      "public-good (default with --identity), github, or a trusted root file; repeatable",
      collect,
      none,
    )
    .option("--offline", "use the trust roots of this machine, do not update them", false)
    .optionsGroup("Output:")
    .option("--format <format[=file]>", `${formats}; repeatable; =FILE writes to a file`, collect, none)
    .option("--all", "show every signature, and every step of each", false)
    .option("--quiet", "suppress progress output", false)
    .option("--now <time>", "evaluate as of this time (ISO 8601), for reproducible runs")
    .optionsGroup("");
}

export function verifyCommands(program: Command, finish: Finish): void {
  reaching(trusting(program.command("verify"), "text (default) or json"))
    .argument("<reference>", "registry/name:tag, registry/name@sha256:…, oci:DIR[:NAME] or oci-archive:FILE")
    .description("verify who signed an image and what is attested of it")
    .option("--platform <os/arch[/variant]>", "verify the image of this platform instead of the index")
    .option(
      "--signatures <file>",
      "file with more signatures of the image: Sigstore bundles, DSSE or notation envelopes, output of `cosign download`; repeatable",
      collect,
      none,
    )
    .option("--recursive", "require of an index that each of its images is signed, too", false)
    .addHelpText(
      "after",
      `
Exit codes: 0 trusted, 1 not trusted, 2 usage or input error, 3 unknown: something could not be read, or no rule names a signer

Examples:
  bulkhead verify registry.example.com/shop/api:2.0.1 --policy bulkhead.yaml
  bulkhead verify registry.example.com/shop/api:2.0.1 --key cosign.pub
  bulkhead verify ghcr.io/example/api:1 --issuer https://token.actions.githubusercontent.com \\
    --identity https://github.com/example/api/.github/workflows/release.yml@refs/tags/v1`,
    )
    .action(async (reference: string, options) => finish((await import("./verify.ts")).verify(reference, options)));

  naming(pulling(trusting(program.command("trace"), "text (default), json, html or markdown")))
    .argument("<reference>", "image, as for `verify`")
    .description("trace one image from its commit to what its containers do, and name the first broken link")
    .option("--in <dir>", "directory of manifests that may run it")
    .option("--cluster", "look for it in a live cluster", false)
    .option("--no-secrets", "skip secret scanning")
    .option("--base-updates", "ask other registries, too, what its base image is now", false)
    .optionsGroup("What was recorded:")
    .option("--registry-log <file>", "log of `registry serve`, or - for stdin; repeatable", collect, none)
    .option("--data <dir>", "embedded database of `registry serve`, instead of its log")
    .option("--database-url-file <file>", "file with the URL of its PostgreSQL, instead of its log")
    .option("--decisions <file>", "log of `admission serve`, or - for stdin; repeatable", collect, none)
    .option(
      "--alerts <file>",
      "alerts of `runtime watch` or another detector, or a recording of events; - for stdin; repeatable",
      collect,
      none,
    )
    .option("--learned <file>", "what `runtime learn` wrote: which packages are loaded")
    .optionsGroup("Data:")
    .option("--db <file>", "advisory database file (default: see `bulkhead db status`)")
    .option("--no-cache", "do not read or write the scan cache")
    .option("--cache <file>", "scan cache file (default: in the user's cache directory)")
    .optionsGroup("")
    .addHelpText(
      "after",
      `
Exit codes: 0 no link is broken, 1 a link is broken, 2 usage or input error, or the reference could not be resolved,
3 a link is unknown that the policy requires or that was to be read

Examples:
  bulkhead trace registry.example.com/shop/api:2.0.1 --policy bulkhead.yaml --in deploy/
  bulkhead trace registry.example.com/shop/api:2.0.1 --policy bulkhead.yaml --cluster --registry-log registry.log \
    --decisions admission.log --alerts alerts.jsonl --learned learned.json --format html=trace.html
  bulkhead trace registry.example.com/shop/api:2.0.1 --key cosign.pub --cluster --format json`,
    )
    .action(async (reference: string, options) => finish((await import("./trace.ts")).trace(reference, options)));
}
