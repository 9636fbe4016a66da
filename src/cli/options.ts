/** Options that several commands share. */
import type { Command } from "commander";
import { formats } from "../report/formats.ts";

/** Collects an option that may be given several times. */
export function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

/** Options of what looks through a directory. */
export function walking(command: Command): Command {
  return command
    .option(
      "--exclude <glob>",
      "paths not to scan, from the scanned directory: vendor/**, **/testdata; repeatable, added to the policy's",
      collect,
      [] as string[],
    )
    .option("--respect-gitignore", "do not scan what .gitignore files ignore, except for tracked files", false);
}

/** Options of every command that judges. */
export function judging(command: Command): Command {
  return command
    .optionsGroup("Policy and baseline:")
    .option("--policy <source>", "trusted policy file or git:REF:PATH (default: the scanned directory's, untrusted)")
    .option("--environment <name>", "environment of the policy, whose values override its defaults")
    .option("--baseline <source>", "baseline of findings to ignore, or an earlier JSON report: file or git:REF:PATH")
    .option("--write-baseline <file>", "write the findings of this run to a baseline file")
    .option(
      "--accept-unknown <code>",
      "ignore unknowns with this gap code in the exit code (verdicts stay unknown); repeatable",
      collect,
      [] as string[],
    )
    .option(
      "--vex <source>",
      "trusted VEX document (OpenVEX, CSAF, CycloneDX): file or git:REF:PATH; repeatable",
      collect,
      [] as string[],
    )
    .optionsGroup("Data:")
    .option("--db <file>", "advisory database file (default: see `bulkhead db status`)")
    .optionsGroup("Output:")
    .option(
      "--format <format[=file]>",
      `${formats.join(", ")}; repeatable; =FILE writes to a file`,
      collect,
      [] as string[],
    )
    .option(
      "--fail-on <severity>",
      "exit with 1 at or above this severity, overriding the policy: critical … negligible, or never",
    )
    .option("--all", "show all findings and passed checks", false)
    .option("--quiet", "suppress progress output", false)
    .optionsGroup("Data:")
    .option("--no-cache", "do not read or write the scan cache")
    .option("--cache <file>", "scan cache file (default: in the user's cache directory)")
    .option("--bases <file>", "base images recorded by `image base --learn` (default: in the user's cache directory)")
    .option("--now <time>", "evaluate as of this time (ISO 8601), for reproducible runs")
    .optionsGroup("");
}

/** Option of what can take reports of other scanners in. */
export function importing(command: Command): Command {
  return command
    .optionsGroup("Data:")
    .option(
      "--import <file>",
      "report of Trivy, Grype, Snyk, AWS or Google, or SARIF of any tool: adds findings, passes nothing; file or git:REF:PATH; repeatable",
      collect,
      [] as string[],
    )
    .optionsGroup("");
}

/** Options of what reads images from registries. */
export function pulling(command: Command): Command {
  return reaching(command)
    .optionsGroup("Registry:")
    .option(
      "--platform <os/arch[/variant]>",
      "platform to use of a multi-platform image (default: linux, this machine's architecture)",
    )
    .optionsGroup("");
}

/** Option of what scans images and can look their signatures up. */
export function verifying(command: Command): Command {
  return command
    .optionsGroup("Registry:")
    .option("--verify", "verify signatures and attestations of the images by the policy's `trust`", false)
    .optionsGroup("");
}

/** Option of what scans images that ran somewhere. */
export function learning(command: Command): Command {
  return command
    .optionsGroup("Data:")
    .option(
      "--learned <file>",
      "what `runtime learn` wrote: ranks vulnerabilities by whether their packages were loaded, and reports programs that no image has",
    )
    .optionsGroup("");
}

/** Options of what asks registries. */
export function reaching(command: Command): Command {
  return command
    .optionsGroup("Registry:")
    .option("--ca-file <file>", "CA certificates for the registry (PEM)")
    .option("--insecure-registry", "do not verify the registry's certificate", false)
    .option("--plain-http", "use plain HTTP for the registry", false)
    .optionsGroup("");
}

/** Options of what goes by advisories, to have new ones first; the network is asked for them with these alone. */
export function fetching(command: Command): Command {
  return command
    .optionsGroup("Data:")
    .option("--update", "download new and changed advisories first, as `bulkhead db update` does", false)
    .option("--update-from <url>", "like --update, from a mirror in OSV's layout")
    .optionsGroup("");
}

/** Options of what can look up pending updates; the network is asked for them with --updates alone. */
export function updating(command: Command): Command {
  return command
    .optionsGroup("Pending updates:")
    .option("--updates", "check the distribution's repositories for package updates", false)
    .option("--updates-offline", "like --updates, from cached indexes only (no network)", false)
    .option(
      "--repositories <file>",
      "package repositories to use instead of those in the image: apt sources or apk repositories",
    )
    .option(
      "--keyring <file>",
      "trusted repository signing keys (OpenPGP or Alpine); repeatable (default: this machine's, else the image's)",
      collect,
      [] as string[],
    )
    .optionsGroup("");
}

/** Options of what asks a cluster: which one. */
export function naming(command: Command): Command {
  return command
    .optionsGroup("Cluster:")
    .option("--kubeconfig <file>", "kubeconfig file (default: KUBECONFIG, ~/.kube/config, in-cluster)")
    .option("--context <name>", "kubeconfig context (default: the current one)")
    .optionsGroup("");
}

/** Options of what evaluates a cluster. */
export function connecting(command: Command): Command {
  return naming(command)
    .optionsGroup("Cluster:")
    .option("--namespace <name>", "limit to this namespace and cluster-scoped objects")
    .option("--images", "pull running images (of a directory: those it names) and scan them", false)
    .optionsGroup("")
    .option("--no-secrets", "skip secret scanning");
}

/** Options of what tries the admission of a cluster. */
export function probing(command: Command): Command {
  return command
    .optionsGroup("Cluster:")
    .option("--pull-secrets", "with --verify: ask registries with the Secrets that the pods pull with", false)
    .option("--probe", "try admission in every application namespace, by dry runs that store nothing", false)
    .option("--probe-unsigned <ref>", "image without a signature, which must be refused")
    .option("--probe-stranger <ref>", "image signed by nobody whom the policy trusts, which must be refused")
    .option("--probe-signed <ref>", "image that must be admitted, to tell refusals for the image from others")
    .optionsGroup("");
}
