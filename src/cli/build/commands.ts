/** Commands of what images are built of. Their code is loaded when one of them is run. */
import type { Command } from "commander";
import { evaluating } from "../display-options.ts";
import type { Finish } from "../finish.ts";
import { collect, fetching, reaching, walking } from "../options.ts";

export function buildCommands(program: Command, finish: Finish): void {
  const build = program.command("build").description("lint Dockerfiles, scan lockfiles, audit pipelines");
  walking(fetching(evaluating(build.command("deps"))))
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
    .action(async (place: string, options) => finish((await import("./deps.ts")).buildDeps(place, options)));
  walking(reaching(evaluating(build.command("lint"))))
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
    .action(async (place: string, options) => finish((await import("./lint.ts")).buildLint(place, options)));

  walking(reaching(evaluating(build.command("audit"))))
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
    .action(async (places: string[], options) => finish((await import("./audit.ts")).buildAudit(places, options)));
}
