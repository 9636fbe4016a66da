/** The command line: its commands, arguments and options. Importing it runs nothing; a command's code is loaded by its action. */
import { Command } from "commander";
import { printable } from "../core/printable.ts";
import { referenceForms } from "../engines/oci/reference-forms.ts";
import { admissionCommands } from "./admission/commands.ts";
import { transferring } from "./db/transfer.ts";
import { displaying } from "./display-options.ts";
import { helpLayout } from "./help.ts";
import { networkCommands } from "./network/commands.ts";
import {
  collect,
  connecting,
  fetching,
  importing,
  judging as judgingAlone,
  learning,
  probing,
  pulling,
  reaching,
  updating,
  verifying,
  walking,
} from "./options.ts";
import { registryCommands } from "./registry/commands.ts";
import { RENDER } from "./render-option.ts";
import { ROTATION } from "./rotation-option.ts";
import { runtimeCommands } from "./runtime/commands.ts";
import { rootsCommands } from "./trust/roots-commands.ts";
import { signingCommands } from "./trust/signing-commands.ts";
import { verifyCommands } from "./trust/verify-commands.ts";
import { explainUnknownCommands } from "./unknown-command.ts";
import { toolVersion } from "./version.ts";

/** What evaluates is shown by the same options. */
const judging = (command: Command): Command => displaying(judgingAlone(command));

export const program = new Command("bulkhead")
  .description("Check images, builds, manifests and clusters against ten security controls.")
  .version(toolVersion())
  .showHelpAfterError("(run bulkhead --help for usage)")
  .exitOverride()
  // It repeats words of the command line, and a pattern of the shell may have made them of names in a tree.
  .configureOutput({ writeErr: (text) => process.stderr.write(text.split("\n").map(printable).join("\n")) })
  .configureHelp(helpLayout)
  .addHelpText(
    "after",
    `
Examples:
  bulkhead check .                          check the current directory
  bulkhead image scan alpine:3.19           scan an image in a registry
  bulkhead image scan oci:build/web         scan an OCI layout
  bulkhead image scan dir:/                 scan this machine
  bulkhead image sbom oci:build/web --format cyclonedx --output web.cdx.json
  bulkhead image scan sbom:web.cdx.json     scan an SBOM
  bulkhead secrets scan . --history         secrets in a repository and its Git history
  bulkhead db update                        update advisories, KEV and EPSS
  bulkhead db import advisories/            build the advisory database from OSV records

Exit codes: 0 clean, 1 findings at or above the threshold, 2 usage or input error, 3 incomplete`,
  );

importing(
  learning(probing(walking(updating(verifying(connecting(pulling(fetching(judging(program.command("check")))))))))),
)
  .argument("[dir]", "directory to check", ".")
  .description("check everything in a directory and report the ten controls")
  .option("--cluster", "check a live cluster instead of a directory, or with the directory that is named", false)
  .option("--node", "check what watches this machine's system calls instead of a directory", false)
  .option("--root <directory>", "with --node: where the host's root filesystem is mounted", "/")
  .option("--host <name>", "with --node: name of the node (default: the host's own)")
  .option(
    "--proofs <place>",
    "with --node or --cluster: proofs of `runtime prove`, files or directories; repeatable",
    collect,
    [] as string[],
  )
  .option(
    "--runs <file>",
    "past runs of pipelines, as `gh run list --json workflowName,event,conclusion,createdAt` writes them",
  )
  .option("--render", RENDER, false)
  .option(
    "--probe-registry <ref>",
    "ask this registry what it lets anyone do, changing nothing: registry.example.com/shop/api; repeatable",
    collect,
    [] as string[],
  )
  .action(async (dir: string, options, command) => {
    const isNamed = command.args.length > 0;
    return finish((await import("./check.ts")).check(dir, options, { isNamed }));
  });

const image = program.command("image").description("scan and inspect images");
importing(learning(updating(verifying(pulling(fetching(judging(image.command("scan"))))))))
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
    finish((await import("./image/scan.ts")).imageScan(references, options)),
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
  .action(async (reference: string, options) =>
    finish((await import("./image/sbom.ts")).imageSbom(reference, options)),
  );

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
    finish((await import("./image/base.ts")).imageBase(reference, options)),
  );

const build = program.command("build").description("lint Dockerfiles, scan lockfiles, audit pipelines");
walking(fetching(judging(build.command("deps"))))
  .argument("[place]", "directory to scan; with --diff also one lockfile", ".")
  .description("scan lockfiles for vulnerable dependencies, or review what a change does to them")
  .option("--diff <base>", "review the change since this commit, directory or lockfile")
  .optionsGroup("Registries, with --diff:")
  .option("--offline", "do not contact registries: what the cache lacks is unknown", false)
  .option("--no-contents", "do not fetch and read archives of packages: what is in them is unknown")
  .option(
    "--registry <type=url>",
    "registry to ask: npm=https://registry.example.com/; repeatable (default: your package manager's, else the public one)",
    collect,
    [] as string[],
  )
  .option("--ca-file <file>", "CA certificates for the registries (PEM)")
  .optionsGroup("")
  .action(async (place: string, options) => finish((await import("./build/deps.ts")).buildDeps(place, options)));
walking(reaching(judging(build.command("lint"))))
  .argument("[place]", "Dockerfile, or directory to search for Dockerfiles", ".")
  .description("lint Dockerfiles and fix them")
  .option("--fix", "apply safe fixes that pass re-linting", false)
  .option("--diff", "print fixes as a patch, change no files", false)
  .option("--unsafe", "with --fix or --diff: include unverified fixes", false)
  .option("--online", "resolve digests of base images in registries (implied by --fix and --diff)", false)
  .option("--offline", "with --fix or --diff: do not contact registries", false)
  .option(
    "--registry-mirror <domain=host>",
    "mirror to use for a registry: docker.io=localhost:5000; repeatable",
    collect,
    [] as string[],
  )
  .action(async (place: string, options) => finish((await import("./build/lint.ts")).buildLint(place, options)));

walking(reaching(judging(build.command("audit"))))
  .argument("[place...]", "directory, or files of pipelines", ["."])
  .description("audit pipelines of GitHub and GitLab as attackers read them, and fix them")
  .option("--fix", "apply safe fixes that pass auditing again", false)
  .option("--diff", "print fixes as a patch, change no files", false)
  .option("--unsafe", "with --fix or --diff: include unverified fixes", false)
  .option("--online", "with --fix or --diff: look up commits of actions and digests of images, to pin them", false)
  .option("--forge <url>", "server that actions are looked up on", "https://github.com")
  .option(
    "--registry-mirror <domain=host>",
    "mirror to use for a registry: docker.io=localhost:5000; repeatable",
    collect,
    [] as string[],
  )
  .action(async (places: string[], options) => finish((await import("./build/audit.ts")).buildAudit(places, options)));

const workload = program
  .command("workload")
  .description("audit Kubernetes manifests, Compose files and container engines");
walking(judging(workload.command("audit")))
  .argument(
    "[place]",
    "directory of manifests and Compose files, a file, - for standard input, docker: or podman:",
    ".",
  )
  .description("audit against Pod Security Standards and hardening checks")
  .option("--render", RENDER, false)
  .option("--rotation <secret>", ROTATION)
  .action(async (place: string, options) =>
    finish((await import("./workload/audit.ts")).workloadAudit(place, options)),
  );
walking(judging(workload.command("fix")))
  .argument("[place]", "directory of manifests, or a file", ".")
  .description("apply safe fixes to manifests and verify them with all checks")
  .option("--dry-run", "print fixes as a patch, change no files", false)
  .option("--report <file>", "apply only the fixes of a JSON report: file or git:REF:PATH")
  .option("--learned <file>", "what `runtime learn` wrote of the workloads; repeatable", collect, [] as string[])
  .option("--unsafe", "include unverified fixes, which may break workloads", false)
  .option("--enforce", "set enforce labels on namespaces, not only warn", false)
  .addHelpText("after", "\n--format patch and --format kustomize print the changes and change no files.")
  .action(async (place: string, options) => finish((await import("./workload/fix.ts")).workloadFix(place, options)));

const cluster = program.command("cluster").description("audit a live cluster");
updating(connecting(pulling(judging(cluster.command("audit")))))
  .description("audit workloads, namespaces and RBAC of a cluster (read-only)")
  .option("--rotation <secret>", ROTATION)
  .action(async (options) => finish((await import("./cluster/audit.ts")).clusterAudit(options)));

admissionCommands(program, finish);
registryCommands(program, finish);
networkCommands(program, finish);
runtimeCommands(program, finish);
rootsCommands(program, finish);
verifyCommands(program, finish);
signingCommands(program, finish);

const secrets = program.command("secrets").description("find keys, tokens and passwords");
walking(pulling(judging(secrets.command("scan"))))
  .argument("[target]", "directory, file, - for standard input, or an image as for `image scan`", ".")
  .description("scan for secrets (output is redacted)")
  .option("--history", "scan the full Git history", false)
  .option("--rules <file>", "additional rules: gitleaks TOML file; repeatable", collect, [] as string[])
  .option("--fingerprint-key <file>", "key file for fingerprints, at least 16 random bytes")
  .action(async (target: string, options) => finish((await import("./secrets/scan.ts")).secretsScan(target, options)));

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
  .action(async (sources: string[], options) => finish((await import("./db/import.ts")).dbImport(sources, options)));
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
  .action(async (options) => finish((await import("./db/update.ts")).dbUpdate(options)));
db.command("export")
  .argument("<file>", "bundle file to write: advisories.bundle")
  .description("export the database for air-gapped use")
  .option("--db <file>", "database file (default: see `bulkhead db status`)")
  .option("--key <file>", "sign it with this Ed25519 private key (PKCS #8, PEM)")
  .action(async (file: string, options) => finish((await import("./db/export.ts")).dbExport(file, options)));
db.command("status")
  .description("show sources, coverage and dates")
  .option("--db <file>", "database file (default: see `bulkhead db status`)")
  .option("--json", "print JSON", false)
  .action(async (options) => finish((await import("./db/status.ts")).dbStatus(options)));

transferring(db, finish);

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

explainUnknownCommands(program);

/** Commands return their exit code; setting it, not exiting, lets the output drain. */
async function finish(code: Promise<number> | number): Promise<void> {
  process.exitCode = await code;
}
