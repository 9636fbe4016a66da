/** `admission serve`, `test`, `replay` and `manifests`. Their code is loaded when one of them is run. */
import { type Command, Option } from "commander";
import { certificateModes } from "../../guards/admission/deploy/model.ts";
import { defaultDeploySettings } from "../../guards/admission/deploy/settings.ts";
import { collect } from "../options.ts";

type Finish = (code: Promise<number> | number) => Promise<void>;

export function admissionCommands(program: Command, finish: Finish): void {
  const admission = program.command("admission").description("enforce the policy where pods are admitted");
  manifestsCommand(admission, finish);
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
