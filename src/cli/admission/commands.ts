/** `admission serve`, `test`, `replay` and `manifests`. Their code is loaded when one of them is run. */
import { type Command, Option } from "commander";
import { certificateModes } from "../../guards/admission/deploy/model.ts";
import { defaultDeploySettings } from "../../guards/admission/deploy/settings.ts";
import { collect, naming, reaching, walking } from "../options.ts";
import { RENDER } from "../render-option.ts";
import { serveCommand } from "./serve-command.ts";

type Finish = (code: Promise<number> | number) => Promise<void>;

export function admissionCommands(program: Command, finish: Finish): void {
  const admission = program.command("admission").description("enforce the policy where pods are admitted");
  serveCommand(admission, finish);
  testCommand(admission, finish);
  replayCommand(admission, finish);
  manifestsCommand(admission, finish);
}

/** Options of what asks the guard. */
function asking(command: Command, formats: string): Command {
  return reaching(command)
    .optionsGroup("Policy:")
    .option("--policy <source>", "trusted policy file or git:REF:PATH (default: the scanned directory's, untrusted)")
    .option("--environment <name>", "environment of the policy where it names none for a namespace")
    .optionsGroup("Registry:")
    .option("--offline", "do not contact registries: signatures and attestations are unknown", false)
    .option(
      "--registry-mirror <domain=host>",
      "mirror to use for a registry: docker.io=localhost:5000; repeatable",
      collect,
      [] as string[],
    )
    .optionsGroup("Data:")
    .option("--db <file>", "advisory database file (default: see `bulkhead db status`)")
    .option("--now <time>", "decide as of this time (ISO 8601), for reproducible runs")
    .optionsGroup("Output:")
    .option("--format <format[=file]>", `${formats}; repeatable; =FILE writes to a file`, collect, [] as string[])
    .option("--all", "show every object and reason", false)
    .option("--quiet", "suppress progress output", false)
    .optionsGroup("");
}

function testCommand(admission: Command, finish: Finish): void {
  asking(naming(walking(admission.command("test"))), "text (default), json, junit, sarif")
    .argument("[files...]", "manifests or AdmissionReviews: files, directories, or - for standard input", [])
    .description("test what the admission webhook would answer, with the same verdicts")
    .option("--cluster", "ask about what runs in a cluster, as if it were created", false)
    .option("--render", RENDER, false)
    .optionsGroup("Request:")
    .option("--namespace <name>", "namespace of objects without one (default: default); with --cluster: only this one")
    .option(
      "--namespace-labels <[namespace:]key=value,…>",
      "labels of a namespace, for policies that select by them; repeatable",
      collect,
      [] as string[],
    )
    .option("--as <user>", "user who makes the request", "kubernetes-admin")
    .option("--as-group <group>", "group of the user; repeatable", collect, [] as string[])
    .option("--kubernetes-version <version>", "version of the API server: v1.36 (default: a recent one)")
    .optionsGroup("")
    .addHelpText(
      "after",
      `
Exit codes: 0 everything is admitted, 1 something is refused, 2 usage or input error, 3 something is unknown or was not read

Examples:
  bulkhead admission test deploy/ --policy git:origin/main:bulkhead.yaml
  kubectl kustomize overlays/production | bulkhead admission test - --namespace shop
  bulkhead admission test --cluster --policy bulkhead.yaml`,
    )
    .action(async (files: string[], options) => finish((await import("./test.ts")).admissionTest(files, options)));
}

function replayCommand(admission: Command, finish: Finish): void {
  asking(admission.command("replay"), "text (default), json")
    .argument("<log>", "requests that `admission serve --record` wrote")
    .description("decide recorded requests again, by another policy")
    .optionsGroup("Request:")
    .option(
      "--namespace-labels <[namespace:]key=value,…>",
      "labels of a namespace, for policies that select by them; repeatable",
      collect,
      [] as string[],
    )
    .optionsGroup("")
    .addHelpText(
      "after",
      `
Exit codes: 0 nothing would be refused that was admitted, 1 something would, 2 usage or input error, 3 something is unknown or was not read

Each request is decided as of when it was recorded, unless --now says otherwise.

Example:
  bulkhead admission replay requests.jsonl --policy stricter.yaml`,
    )
    .action(async (log: string, options) => finish((await import("./replay.ts")).admissionReplay(log, options)));
}

function manifestsCommand(admission: Command, finish: Finish): void {
  const { namespace, replicas, timeoutSeconds } = defaultDeploySettings;
  admission
    .command("manifests")
    .description("print the manifests that run the admission webhook, with your settings")
    .option("--namespace <name>", "namespace of the webhook", namespace)
    .option("--image <reference>", "image of Bulkhead, by digest (default: a placeholder)")
    .option("--replicas <count>", "how many of it run", String(replicas))
    .optionsGroup("Policy:")
    .option(
      "--policy <source>",
      "policy file or git:REF:PATH, taken with the files that it names (default: a placeholder)",
    )
    .optionsGroup("Webhook:")
    .addOption(
      new Option("--failure-policy <policy>", "what the API server does when the webhook does not answer")
        .choices(["fail", "ignore"])
        .default("fail"),
    )
    .option("--timeout <seconds>", "how long the API server waits for an answer, 1 to 30", String(timeoutSeconds))
    .option(
      "--exclude-namespace <name>",
      "namespace not to enforce in, beside kube-system and the webhook's own; repeatable",
      collect,
      [] as string[],
    )
    .option("--include-excluded", "also ask about the excluded namespaces, but never wait for an answer", false)
    .option(
      "--kind <group/version/resource>",
      "kind with a pod template, beside those of Kubernetes: argoproj.io/v1alpha1/rollouts; repeatable",
      collect,
      [] as string[],
    )
    .addOption(
      new Option(
        "--certificates <mode>",
        "own (made and rotated by Bulkhead), files (a Secret of yours) or cert-manager",
      )
        .choices(certificateModes)
        .default("own"),
    )
    .optionsGroup("Data:")
    .option(
      "--pull-secret <namespace/name>",
      "Secret that pods pull with, which the webhook may read; repeatable",
      collect,
      [] as string[],
    )
    .option("--advisories <reference>", "where a replica pulls the advisory database from as it starts: oci://…")
    .option("--advisories-key <file>", "public key that signed the database")
    .optionsGroup("Output:")
    .addOption(new Option("--format <format>", "format on standard output").choices(["yaml", "json"]).default("yaml"))
    .option("--write <dir>", "write the files, and a kustomization.yaml, to this directory")
    .optionsGroup("")
    .addHelpText(
      "after",
      `
Examples:
  bulkhead admission manifests --policy bulkhead.yaml --image registry.example.com/bulkhead@sha256:… | kubectl apply -f -
  bulkhead admission manifests --failure-policy ignore --exclude-namespace monitoring --write deploy/admission`,
    )
    .action(async (options) => finish((await import("./manifests.ts")).admissionManifests(options)));
}
