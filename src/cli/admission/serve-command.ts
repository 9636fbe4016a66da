/** `admission serve`: its options. */
import type { Command } from "commander";
import { ports } from "../../guards/admission/deploy/names.ts";
import { collect, naming, reaching } from "../options.ts";

export function serveCommand(admission: Command, finish: (code: Promise<number>) => Promise<void>): void {
  naming(reaching(admission.command("serve")))
    .description("serve the admission webhooks over TLS")
    .optionsGroup("Policy:")
    .requiredOption(
      "--policy <source>",
      "trusted policy file or git:REF:PATH; read anew when it changes, and at SIGHUP",
    )
    .option("--environment <name>", "environment of the policy where it names none for a namespace")
    .optionsGroup("Webhook:")
    .option("--host <address>", "address to listen on", "::")
    .option("--port <port>", "port of the webhooks (/validate, /mutate)", String(ports.webhook))
    .option("--status-host <address>", "address of health and metrics", "::")
    .option("--status-port <port>", "port of health and metrics, in plain HTTP", String(ports.metrics))
    .option("--webhooks <name>", "webhook configurations whose caBundle must match what is served")
    .option("--client-ca <file>", "CA certificates of the clients that may ask (PEM; default: anybody)")
    .option("--drain <seconds>", "how long to go on answering after SIGTERM, until no requests come", "8")
    .optionsGroup("Certificate:")
    .option("--service <namespace/name>", "Service of the webhooks, for the names in the certificate")
    .option(
      "--server-name <name>",
      "further DNS name or IP address of the certificate; repeatable",
      collect,
      [] as string[],
    )
    .option("--certificate-secret <namespace/name>", "make and rotate the certificate, kept in this Secret")
    .option("--certificate <file>", "certificate and its chain (PEM), watched")
    .option("--key <file>", "private key of the certificate (PEM), watched")
    .option(
      "--certificate-authority <file>",
      "with --certificate: CA to write into the webhooks' caBundle (PEM), watched",
    )
    .optionsGroup("Cluster:")
    .option("--no-cluster", "ask no API server: what policies of the cluster and labels say is unknown")
    .option("--break-glass <namespace/name>", "ConfigMap of the grants by which people go past the policy")
    .option("--no-reports", "write no reports (OpenReports, PolicyReport) to the cluster")
    .optionsGroup("Data:")
    .option(
      "--db <file>",
      "advisory database file (default: see `bulkhead db status`); opened anew when it is replaced",
    )
    .option("--offline", "do not contact registries: signatures and attestations are unknown", false)
    .option(
      "--registry-mirror <domain=host>",
      "mirror to use for a registry: docker.io=localhost:5000; repeatable",
      collect,
      [] as string[],
    )
    .optionsGroup("Output:")
    .option("--log <file>", "file of the decisions, a JSON object a line (default: standard output)", "-")
    .option("--no-log", "log no decisions")
    .option("--record <file>", "file of whole requests without values of variables, for `admission replay`")
    .optionsGroup("")
    .addHelpText(
      "after",
      `
Paths of the status port: /healthz, /readyz (503 with the reason while not ready), /metrics
Signals: SIGTERM ends after the requests under way, SIGHUP reads policy and certificate and opens the logs anew

Examples:
  bulkhead admission manifests --policy bulkhead.yaml      the manifests that run it in a cluster
  bulkhead admission serve --policy bulkhead.yaml --certificate tls.crt --key tls.key --no-cluster`,
    )
    .action(async (options) => finish((await import("./serve.ts")).admissionServe(options)));
}
