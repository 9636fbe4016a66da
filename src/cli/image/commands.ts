/** Commands of images. Their code is loaded when one of them is run. */
import type { Command } from "commander";
import { referenceForms } from "../../engines/oci/reference-forms.ts";
import { evaluating } from "../display-options.ts";
import type { Finish } from "../finish.ts";
import { collect, fetching, importing, learning, pulling, updating, verifying } from "../options.ts";

export function imageCommands(program: Command, finish: Finish): void {
  const image = program.command("image").description("scan and inspect images");
  importing(learning(updating(verifying(pulling(fetching(evaluating(image.command("scan"))))))))
    .argument(
      "<reference...>",
      `registry/name:tag or registry/name@DIGEST, ${Object.values(referenceForms).join(", ")}, or a path to any of these files`,
    )
    .description("scan for vulnerabilities, secrets and misconfigurations")
    .option("--no-secrets", "skip secret scanning")
    .option(
      "--dockerfile <file>",
      "Dockerfile of the image, to map findings to lines; repeatable",
      collect,
      [] as string[],
    )
    .action(async (references: string[], options) =>
      finish((await import("./scan.ts")).imageScan(references, options)),
    );

  pulling(image.command("sbom"))
    .argument("<reference>", "image or dir:DIR, as for `image scan`")
    .description("generate an SBOM for an image or root filesystem")
    .requiredOption("--format <format>", "cyclonedx (1.6, JSON) or spdx (2.3, JSON)")
    .option("--output <file>", "output file (default: standard output)")
    .option("--timestamp", "use the current time instead of the image's own (SOURCE_DATE_EPOCH always wins)", false)
    .option("--author <name>", "who is responsible for the SBOM, e.g. 'Organization: Example (sbom@example.com)'")
    .option("--quiet", "suppress progress output", false)
    .option("--no-cache", "do not read or write the scan cache")
    .option("--cache <file>", "scan cache file (default: in the user's cache directory)")
    .action(async (reference: string, options) => finish((await import("./sbom.ts")).imageSbom(reference, options)));

  updating(pulling(image.command("base")))
    .argument("[reference]", "image or dir:DIR, as for `image scan`; with --automate: repository directory")
    .description("show the base image, its contents and smaller alternatives")
    .option("--format <format>", "table or json", "table")
    .option("--all", "list every package and vulnerability of the base", false)
    .option("--learn <reference...>", "record base images to identify images built on them")
    .option("--list", "list recorded base images", false)
    .option("--forget <name>", "remove a recorded base image")
    .option(
      "--automate <service>",
      "print CI configuration for weekly rebuilds or base updates: github, gitlab, renovate or dependabot",
    )
    .option("--write", "with --automate: write the files, unless they exist", false)
    .option("--bases <file>", "file of recorded base images (default: in the user's cache directory)")
    .option("--policy <source>", "trusted policy file or git:REF:PATH (default: ./bulkhead.yaml)")
    .option("--environment <name>", "environment of the policy, whose values override its defaults")
    .option("--db <file>", "advisory database file (default: see `bulkhead db status`)")
    .option("--now <time>", "evaluate as of this time (ISO 8601), for reproducible runs")
    .option("--quiet", "suppress progress output", false)
    .option("--no-cache", "do not read or write the scan cache")
    .option("--cache <file>", "scan cache file (default: in the user's cache directory)")
    .action(async (reference: string | undefined, options) =>
      finish((await import("./base.ts")).imageBase(reference, options)),
    );
}
