/** The options of `runtime watch`. */
import type { Command } from "commander";
import { OUTPUT_FORMS } from "../../guards/runtime/outputs/settings.ts";
import { collect } from "../options.ts";
import { JOURNAL, withPods } from "./pod-options.ts";

export function watchCommand(command: Command, finish: (code: Promise<number>) => Promise<void>): void {
  withPods(
    command
      .description("detect attacks on this host while they happen, until SIGTERM")
      .optionsGroup("Rules:")
      .option("--all-matching", "report every rule that matches an event, not only the first", false)
      .optionsGroup("Sensor:")
      .option(
        "--sensor <place>",
        "the sensor's program, unix:PATH where one listens, or none (default: the one that `make -C sensor` builds)",
      )
      .option(
        "--no-denied",
        "do not look at the end of every system call where few rules need it: calls of 32-bit programs are then not seen",
      )
      .option("--scope <which>", "all processes, or those of containers", "all")
      .option("--ring <MiB>", "size of the kernel's ring buffer; it counts twice in resident memory", "16")
      .option("--user <uid:gid>", "whom rules run as, where this is started as root", "65534:65534")
      .option("--duration <seconds>", "end after this time")
      .optionsGroup("Containers:")
      .option("--no-containers", "do not ask container runtimes for names, images and pods")
      .option("--root <directory>", "where the host's root filesystem is mounted", "/"),
    "--kubelet-token-file <file>",
  )
    .optionsGroup("Output:")
    .option("--output <place>", `where alerts go beside standard output: ${OUTPUT_FORMS}; repeatable`, collect, [])
    .option("--output-severity <level>", "only alerts at or above this severity go to --output")
    .option("--output-form <form>", "text, alerts, syslog or slack (default: alerts; to syslog servers syslog)")
    .option("--output-file-size <MiB>", "a file of alerts that is larger is put aside as FILE.1", "256")
    .option("--webhook-secret-file <file>", "secret that bodies of webhooks are signed with")
    .option("--webhook-ca <file>", "CA certificates for webhooks, beside the system's (PEM)")
    .option("--status-port <port>", "port for /healthz, /readyz and /metrics (default: none)")
    .option("--status-host <address>", "address to listen on for them", "127.0.0.1")
    .optionsGroup("Responses:")
    .option("--journal <file>", "record of what was done", JOURNAL)
    .optionsGroup("Audit events:")
    .option("--audit", "also receive the audit events that an API server posts: who ran kubectl exec", false)
    .option(
      "--audit-host <address>",
      "address to listen on; beyond loopback TLS and a proof of the client are needed",
      "127.0.0.1",
    )
    .option("--audit-port <port>", "port to listen on", "8443")
    .option("--audit-path <path>", "path of the URL that the API server posts to", "/audit")
    .option("--certificate <file>", "certificate and its chain (PEM), read again on SIGHUP")
    .option("--key <file>", "private key of the certificate (PEM)")
    .option("--client-ca <file>", "CA certificates of the clients that may post (PEM)")
    .option("--token-file <file>", "bearer tokens of which a client needs one, one a line, read again on SIGHUP")
    .optionsGroup("Data:")
    .option("--host <name>", "name of this host (default: its own)")
    .option("--cluster-uid <uid>", "UID of the cluster's kube-system namespace, which pods are recorded under")
    .optionsGroup("")
    .addHelpText(
      "after",
      `
Formats of alerts: text (default), alerts (JSON lines, with Falco's keys), syslog (RFC 5424), slack (bodies of webhooks)
On SIGHUP rules, policy and files of alerts are read or opened anew.

Exit codes: 0 nothing over the threshold, 1 alerts over it, 2 it could not begin, 3 something may have happened unseen

Examples:
  bulkhead runtime watch
  bulkhead runtime watch --format alerts --output file:/var/log/bulkhead/alerts.jsonl --status-port 9464
  bulkhead runtime watch --sensor unix:/run/bulkhead/sensor.sock --node "$NODE_NAME" --output https://alerts.example.com/hook`,
    )
    .action(async (options) => finish((await import("./watch.ts")).runtimeWatch(options)));
}
