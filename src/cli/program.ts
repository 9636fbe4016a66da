/** The command line: its commands, arguments and options. Importing it runs nothing; a command's code is loaded by its action. */
import { Command } from "commander";
import { printable } from "../core/printable.ts";
import { transferring } from "./db/transfer.ts";
import { displaying } from "./display-options.ts";
import { helpLayout } from "./help.ts";
import {
  collect,
  connecting,
  fetching,
  judging as judgingAlone,
  pulling,
  reaching,
  updating,
  walking,
} from "./options.ts";
import { explainUnknownCommands } from "./unknown-command.ts";
import { toolVersion } from "./version.ts";

/** What evaluates is shown by the same options. */
const judging = (command: Command): Command => displaying(judgingAlone(command));

export const program = new Command("bulkhead")
  .description("Container defence in depth, put in place and proved.")
  .version(toolVersion())
  .showHelpAfterError("(bulkhead --help shows what there is)")
  .exitOverride()
  // It repeats words of the command line, and a pattern of the shell may have made them of names in a tree.
  .configureOutput({ writeErr: (text) => process.stderr.write(text.split("\n").map(printable).join("\n")) })
  .configureHelp(helpLayout)
  .addHelpText(
    "after",
    `
Examples:
  bulkhead check .                          judge everything below this folder
  bulkhead image scan alpine:3.19           known vulnerabilities of an image in a registry
  bulkhead image scan oci:build/web         … of an OCI layout
  bulkhead image scan dir:/                 … of this machine
  bulkhead image sbom oci:build/web --format cyclonedx --output web.cdx.json
  bulkhead image scan sbom:web.cdx.json     … of what a bill of materials lists
  bulkhead secrets scan . --history         secrets in a repository and in all that it ever held
  bulkhead db update                        fetch what is new of advisories, KEV and EPSS
  bulkhead db import advisories/            make the advisory database from OSV records

Exit codes: 0 clean, 1 findings at or over the threshold, 2 usage or input error, 3 incomplete`,
  );

const RENDER = "run kubectl and helm of this machine on kustomize folders and Helm charts, and judge what they print";

walking(updating(connecting(pulling(fetching(judging(program.command("check")))))))
  .argument("[dir]", "the folder to judge", ".")
  .description("find what there is below a folder, run every layer, and print the ten controls")
  .option("--cluster", "judge a live cluster in place of the folder", false)
  .option("--render", RENDER, false)
  .action(async (dir: string, options) => finish((await import("./check.ts")).check(dir, options)));

const image = program.command("image").description("what is in an image");
updating(pulling(fetching(judging(image.command("scan")))))
  .argument(
    "<reference...>",
    "registry/name:tag, oci:FOLDER[:NAME], oci-archive:FILE, docker-archive:FILE, a path, dir:FOLDER, or sbom:FILE",
  )
  .description("find the known vulnerabilities and the secrets of an image or a root file system")
  .option("--no-secrets", "do not look for secrets")
  .option(
    "--dockerfile <file>",
    "what the image was built from: findings name its lines; repeatable",
    collect,
    [] as string[],
  )
  .action(async (references: string[], options) =>
    finish((await import("./image/scan.ts")).imageScan(references, options)),
  );

pulling(image.command("sbom"))
  .argument("<reference>", "as for scan: an image, or dir:FOLDER")
  .description("write the bill of materials of an image or a root file system")
  .requiredOption("--format <format>", "cyclonedx (1.6, JSON) or spdx (2.3, JSON)")
  .option("--output <file>", "where to (default: standard output)")
  .option("--timestamp", "state the time of this run; SOURCE_DATE_EPOCH, where it is set, is stated always", false)
  .option("--quiet", "no progress on stderr", false)
  .option("--no-cache", "read every layer again, and remember nothing")
  .option("--cache <file>", "scan cache (default: in the user's cache folder)")
  .action(async (reference: string, options) =>
    finish((await import("./image/sbom.ts")).imageSbom(reference, options)),
  );

updating(pulling(image.command("base")))
  .argument("[reference]", "as for scan: an image, or dir:FOLDER; with --automate the folder of the repository")
  .description("what an image is built on, what that brings, and what a smaller base would not")
  .option("--format <format>", "table or json", "table")
  .option("--all", "name every package and vulnerability of the base", false)
  .option("--learn <reference...>", "remember base images by their layers, so that images on them are recognised")
  .option("--list", "list the base images that were learnt", false)
  .option("--forget <name>", "forget one that was learnt")
  .option(
    "--automate <service>",
    "print configuration that rebuilds weekly or updates the bases: github, gitlab, renovate or dependabot",
  )
  .option("--write", "with --automate: write it where it belongs, if nothing is there", false)
  .option("--bases <file>", "list of base images that were learnt (default: in the user's cache folder)")
  .option("--policy <source>", "trusted policy: a file, or git:REF:PATH (default: bulkhead.yaml of this folder)")
  .option("--environment <name>", "one of the policy's environments, whose values hold before its others")
  .option("--db <file>", "advisory database (default: the user's, see `bulkhead db status`)")
  .option("--now <time>", "judge ages as of this time (ISO 8601)")
  .option("--quiet", "no progress on stderr", false)
  .option("--no-cache", "read every layer again, and remember nothing")
  .option("--cache <file>", "scan cache (default: in the user's cache folder)")
  .action(async (reference: string | undefined, options) =>
    finish((await import("./image/base.ts")).imageBase(reference, options)),
  );

const build = program.command("build").description("what goes into an image");
walking(fetching(judging(build.command("deps"))))
  .argument("[dir]", "the folder to look through", ".")
  .description("find the known vulnerabilities of what lockfiles pin")
  .action(async (dir: string, options) => finish((await import("./build/deps.ts")).buildDeps(dir, options)));
walking(reaching(judging(build.command("lint"))))
  .argument("[place]", "a Dockerfile, or the folder to look through", ".")
  .description("judge Dockerfiles, and mend them")
  .option("--fix", "rewrite the files: each safe fix that linting again proves", false)
  .option("--diff", "print what --fix would change as a patch, and change nothing", false)
  .option("--unsafe", "with --fix or --diff: make also what is likely right, and tried by nobody", false)
  .option("--online", "ask registries for the digests of base images, as --fix and --diff do", false)
  .option("--offline", "with --fix or --diff: ask no registry", false)
  .option(
    "--registry-mirror <domain=host>",
    "a registry to ask in another's place: docker.io=localhost:5000; repeatable",
    collect,
    [] as string[],
  )
  .action(async (place: string, options) => finish((await import("./build/lint.ts")).buildLint(place, options)));

const workload = program.command("workload").description("what runs, and what it may do");
walking(judging(workload.command("audit")))
  .argument("[place]", "a folder of manifests and Compose files, a file, or - for standard input", ".")
  .description("judge workloads and namespaces: Pod Security Standards, and hardening beyond them")
  .option("--render", RENDER, false)
  .action(async (place: string, options) =>
    finish((await import("./workload/audit.ts")).workloadAudit(place, options)),
  );
walking(judging(workload.command("fix")))
  .argument("[place]", "a folder of manifests, or a file", ".")
  .description("mend manifests: every fix that is safe, and proven by running all checks on the result")
  .option("--dry-run", "change no file, and print what would change as a patch", false)
  .option("--report <file>", "make only the fixes of a JSON report, written elsewhere (a file, or git:REF:PATH)")
  .option("--unsafe", "make also what is likely right, and may stop what runs", false)
  .option("--enforce", "have namespaces enforce the level that their workloads meet, not only warn of it", false)
  .addHelpText("after", "\n--format patch and --format kustomize print the changes, and change no file.")
  .action(async (place: string, options) => finish((await import("./workload/fix.ts")).workloadFix(place, options)));

const cluster = program.command("cluster").description("a live cluster");
updating(connecting(pulling(judging(cluster.command("audit")))))
  .description("judge what runs in a cluster, its namespaces, and who may do what; it is read and never changed")
  .action(async (options) => finish((await import("./cluster/audit.ts")).clusterAudit(options)));

const secrets = program.command("secrets").description("keys, tokens and passwords where they do not belong");
walking(pulling(judging(secrets.command("scan"))))
  .argument("[target]", "a folder, a file, - for standard input, or an image as for `image scan`", ".")
  .description("find secrets; what is printed never shows one")
  .option("--history", "look through every version of every file in the folder's git repository", false)
  .option("--rules <file>", "more rules: a gitleaks TOML file; repeatable", collect, [] as string[])
  .option("--fingerprint-key <file>", "a key of your own for the fingerprints, at least 16 random bytes")
  .action(async (target: string, options) => finish((await import("./secrets/scan.ts")).secretsScan(target, options)));

const db = program.command("db").description("the advisory database");
db.command("import")
  .argument(
    "<source...>",
    "OSV records: folders, .zip, .json, .jsonl, .jsonl.gz, with a coverage.json beside them; KEV (.json), EPSS (.csv); or one .bundle",
  )
  .description("make the advisory database from OSV records")
  .option("--db <file>", "where to (default: the user's)")
  .option("--label <text>", "shown wherever the database is used")
  .option(
    "--covers <ecosystem[:release]@date>",
    "declare that the sources cover this completely as of a date; repeatable",
    collect,
    [] as string[],
  )
  .option("--public-key <file>", "whose signature a bundle must have: Ed25519 (SPKI, PEM)")
  .option("--insecure-unsigned", "take a bundle whoever made it", false)
  .option("--max-age <days>", "refuse a bundle made earlier than this many days ago")
  .option("--quiet", "no progress on stderr", false)
  .action(async (sources: string[], options) => finish((await import("./db/import.ts")).dbImport(sources, options)));
db.command("update")
  .description("bring the advisory database up to date over HTTP: what changed is fetched, and nothing else")
  .option("--db <file>", "which (default: the user's)")
  .option("--from <url>", "a mirror in OSV's layout (default: OSV's own bucket)")
  .option(
    "--ecosystem <name>",
    "as OSV writes it: Debian, npm; repeatable (default: those in the database, else all that packages are matched against)",
    collect,
    [] as string[],
  )
  .option("--kev <url>", "catalogue of exploited flaws, or none (default: CISA's, unless --from is given)")
  .option("--epss <url>", "exploit predictions, or none (default: FIRST's, unless --from is given)")
  .option("--ca-file <file>", "certificate authorities of the servers, PEM")
  .option("--quiet", "no progress on stderr", false)
  .action(async (options) => finish((await import("./db/update.ts")).dbUpdate(options)));
db.command("export")
  .argument("<file>", "where to: advisories.bundle")
  .description("write the advisory database into one file, for places without a network")
  .option("--db <file>", "which (default: the user's)")
  .option("--key <file>", "sign it with this Ed25519 private key (PKCS #8, PEM)")
  .action(async (file: string, options) => finish((await import("./db/export.ts")).dbExport(file, options)));
db.command("status")
  .description("what the advisory database covers, as of when")
  .option("--db <file>", "which (default: the user's)")
  .option("--json", "as JSON", false)
  .action(async (options) => finish((await import("./db/status.ts")).dbStatus(options)));

transferring(db, finish);

pulling(program.command("vex"))
  .argument("[image...]", "images that the policy's exceptions are for, as for image scan, or sbom:FILE of one")
  .description("write a VEX document of what the policy's exceptions say")
  .option("--policy <source>", "a file, or git:REF:PATH (default: bulkhead.yaml of this folder)")
  .option("--format <format>", "openvex (0.2.0), csaf (2.0) or cyclonedx (1.6)", "openvex")
  .option("--author <name>", "who says so (default: the exceptions' owners)")
  .option("--output <file>", "where to (default: standard output)")
  .option("--db <file>", "advisory database (default: the user's, see `bulkhead db status`)")
  .option("--quiet", "no progress on stderr", false)
  .option("--no-cache", "read every layer again, and remember nothing")
  .option("--cache <file>", "scan cache (default: in the user's cache folder)")
  .option(
    "--now <time>",
    "evaluate and date as of this time (ISO 8601), for reproducible runs; SOURCE_DATE_EPOCH dates it, too",
  )
  .action(async (images: string[], options) => finish((await import("./vex.ts")).vex(images, options)));

const policy = program.command("policy").description("the policy file");
policy
  .command("validate")
  .argument("[file]", "the file", "bulkhead.yaml")
  .description("check a policy file, name every error in it, and say what it comes to with the files that it extends")
  .option("--environment <name>", "what it comes to in one of its environments")
  .action(async (file: string, { environment }) =>
    finish((await import("./policy/validate.ts")).policyValidate(file, environment)),
  );

program
  .command("import-ignores")
  .argument("<file...>", ".trivyignore, .trivyignore.yaml, .grype.yaml, .gitleaksignore or gitleaks.toml")
  .description("print ignore files of Trivy, Grype and gitleaks as exceptions of a policy")
  .requiredOption("--owner <name>", "who answers for them")
  .requiredOption("--expires <date>", "the last day on which they hold: 2026-12-31; an earlier one of an entry stays")
  .option("--reason <text>", "why, for entries that state no reason")
  .action(async (files: string[], options) =>
    finish((await import("./import-ignores.ts")).importIgnores(files, options)),
  );

program
  .command("explain")
  .argument(
    "[topic]",
    "a check, a secret rule, an advisory (CVE, GHSA, …) or a policy key; without one, checks are listed",
  )
  .description("explain a check and how to fix its findings, a secret rule, an advisory or a policy key")
  .option("--db <file>", "advisory database (default: the user's, see `bulkhead db status`)")
  .action(async (topic: string | undefined, { db }) => finish((await import("./explain.ts")).explain(topic, db)));

program
  .command("cache")
  .argument("[action]", "status or clear", "status")
  .description("the scan cache")
  .option("--cache <file>", "which (default: in the user's cache folder)")
  .action(async (action: string, options) => finish((await import("./cache.ts")).cache(action, options)));

program
  .command("init")
  .argument("[dir]", "where to", ".")
  .description("write a policy file that states the defaults, and its schema for editors")
  .action(async (dir: string) => finish((await import("./init.ts")).init(dir)));

program
  .command("completion")
  .argument("<shell>", "bash, zsh or fish")
  .description("print a script that completes commands and options")
  .action(async (shell: string) => finish((await import("./completion/completion.ts")).completion(shell, program)));

explainUnknownCommands(program);

/** Commands return their exit code; setting it, not exiting, lets the output drain. */
async function finish(code: Promise<number> | number): Promise<void> {
  process.exitCode = await code;
}
