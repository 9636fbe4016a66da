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
    .option(
      "--policy <source>",
      "trusted policy: a file, or git:REF:PATH (default: bulkhead.yaml of the tree, untrusted)",
    )
    .option("--environment <name>", "one of the policy's environments, whose values hold before its others")
    .option(
      "--baseline <source>",
      "known findings that do not count: a file that --write-baseline wrote, or git:REF:PATH",
    )
    .option("--write-baseline <file>", "write this run's findings into a baseline, with the dates that --baseline has")
    .option(
      "--accept-unknown <code>",
      "do not count unknowns with this gap code in the exit code (verdicts stay unknown); repeatable",
      collect,
      [] as string[],
    )
    .option(
      "--vex <source>",
      "VEX document (OpenVEX, CSAF or CycloneDX) that you vouch for: a file, or git:REF:PATH; repeatable",
      collect,
      [] as string[],
    )
    .optionsGroup("Data:")
    .option("--db <file>", "advisory database (default: the user's, see `bulkhead db status`)")
    .optionsGroup("Output:")
    .option(
      "--format <format[=file]>",
      `${formats.join(", ")}; repeatable, with =FILE into a file`,
      collect,
      [] as string[],
    )
    .option(
      "--fail-on <severity>",
      "exit 1 from this severity on, whatever the policy's threshold: critical … negligible, or never",
    )
    .option("--all", "show everything: each finding, and what passed", false)
    .option("--quiet", "no progress on stderr", false)
    .optionsGroup("Data:")
    .option("--no-cache", "read every layer again, and remember nothing")
    .option("--cache <file>", "scan cache (default: in the user's cache folder)")
    .option("--bases <file>", "base images that `image base --learn` remembered (default: in the user's cache folder)")
    .option("--now <time>", "judge as of this time (ISO 8601), for runs that must repeat")
    .optionsGroup("");
}

/** Options of what reads images from registries. */
export function pulling(command: Command): Command {
  return reaching(command)
    .optionsGroup("Registry:")
    .option("--platform <os/arch[/variant]>", "which image of an index (default: linux on this machine's architecture)")
    .optionsGroup("");
}

/** Options of what asks registries. */
export function reaching(command: Command): Command {
  return command
    .optionsGroup("Registry:")
    .option("--ca-file <file>", "certificate authorities of the registry, PEM")
    .option("--insecure-registry", "do not verify the registry's certificate", false)
    .option("--plain-http", "speak HTTP to the registry", false)
    .optionsGroup("");
}

/** Options of what goes by advisories, to have new ones first; the network is asked for them with these alone. */
export function fetching(command: Command): Command {
  return command
    .optionsGroup("Data:")
    .option("--update", "download new and changed advisories first, as `bulkhead db update` does", false)
    .option("--update-from <url>", "the same from a mirror in OSV's layout")
    .optionsGroup("");
}

/** Options of what can look up pending updates; the network is asked for them with --updates alone. */
export function updating(command: Command): Command {
  return command
    .optionsGroup("Pending updates:")
    .option("--updates", "ask the distribution's own suites which packages have a newer version", false)
    .option("--updates-offline", "the same from what an earlier run kept, without the network", false)
    .option(
      "--suites <file>",
      "suites to ask in place of those that the image names: apt's sources or apk's repositories",
    )
    .option(
      "--keyring <file>",
      "the only keys that vouch for suites: OpenPGP, or Alpine's; repeatable (default: this machine's, else the image's)",
      collect,
      [] as string[],
    )
    .optionsGroup("");
}

/** Options of what reads a cluster. */
export function connecting(command: Command): Command {
  return command
    .optionsGroup("Cluster:")
    .option(
      "--kubeconfig <file>",
      "how the cluster is reached (default: KUBECONFIG, ~/.kube/config, or the pod's own account)",
    )
    .option("--context <name>", "context of the kubeconfig (default: the current one)")
    .option("--namespace <name>", "look at this namespace alone, and at what is in none")
    .option("--images", "pull the images that run by their digests, and scan them", false)
    .optionsGroup("")
    .option("--no-secrets", "do not look for secrets");
}
