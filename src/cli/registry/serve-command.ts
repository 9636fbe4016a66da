/** `registry serve`, `work` and `status`: their options. */
import type { Command } from "commander";
import type { Finish } from "../finish.ts";

/** Of every process of the guard. */
function standing(command: Command): Command {
  return command
    .optionsGroup("Policy:")
    .requiredOption(
      "--policy <source>",
      "trusted policy file or git:REF:PATH; read anew when it changes, and at SIGHUP",
    )
    .option("--environment <name>", "environment of the policy where it names none for who pulls")
    .optionsGroup("Engine:")
    .requiredOption("--engine <url>", "registry behind the guard: https://engine:5000")
    .option("--engine-ca <file>", "CA certificates of the engine (PEM), beside the system's")
    .option("--engine-service <name>", "service that the engine's auth.token states", "engine")
    .option("--engine-issuer <name>", "issuer that the engine's auth.token states", "bulkhead")
    .option("--engine-without-tokens", "the engine asks nobody who they are: only the guard must reach it", false)
    .requiredOption("--keys <dir>", "directory of the keys that tokens are signed with: `bulkhead registry keys`")
    .optionsGroup("Data:")
    .option("--database-url-file <file>", "file with the URL of a PostgreSQL, user and password in it (libpq's form)")
    .option("--data <dir>", "directory of an embedded database, to try it: one process at a time")
    .option(
      "--db <file>",
      "advisory database file (default: see `bulkhead db status`); opened anew when it is replaced",
    )
    .option("--cache <file>", "scan cache of layers (default: the scan cache of this machine)")
    .option("--parallel <count>", "scans at once")
    .optionsGroup("");
}

/** Of what serves health and metrics. */
function watched(command: Command): Command {
  return command
    .option("--status-host <address>", "address of health and metrics", "::")
    .option("--status-port <port>", "port of health and metrics, in plain HTTP", "9090");
}

export function serveCommands(registry: Command, finish: Finish): void {
  watched(
    standing(registry.command("serve"))
      .description("serve the registry: tokens, pulls and pushes by the policy, streamed to and from the engine")
      .optionsGroup("Registry:")
      .requiredOption("--url <url>", "URL that clients reach it by: https://registry.example.com")
      .option("--host <address>", "address to listen on", "::")
      .option("--port <port>", "port to listen on", "8443")
      .option("--certificate <file>", "certificate and its chain (PEM), watched")
      .option("--key <file>", "private key of the certificate (PEM), watched")
      .option("--plain-http", "serve plain HTTP: something before it serves TLS", false)
      .option("--accounts <file>", "users and robots, watched: `bulkhead registry account`")
      .option("--upstream-credentials <dir>", "directory of credentials for registry.upstreams, by name")
      .option(
        "--events-secret-file <file>",
        "secrets by which the engine's notifications (/events) are known, one a line; watched",
      )
      .option("--no-work", "scan nothing: `bulkhead registry work` does")
      .option("--drain <seconds>", "how long to go on answering after SIGTERM, until no requests come", "8"),
  )
    .optionsGroup("Output:")
    .option("--log <file>", "file of the decisions, a JSON object a line (default: standard output)", "-")
    .option("--no-log", "log no decisions")
    .optionsGroup("")
    .addHelpText(
      "after",
      `
Paths of the status port: /healthz, /readyz (503 with the reason while not ready), /metrics
Signals: SIGTERM ends after the requests under way, SIGHUP reads everything anew and opens the log anew

Examples:
  bulkhead registry keys keys && bulkhead registry account add alice
  bulkhead registry serve --policy bulkhead.yaml --url https://registry.example.com --certificate tls.crt --key tls.key \\
    --engine https://engine:5000 --keys keys --accounts accounts.json --database-url-file database-url`,
    )
    .action(async (options) => finish((await import("./serve.ts")).registryServe(options)));
  watched(
    standing(registry.command("work"))
      .description("scan what is pushed and scan again when advisories change, in a process of its own")
      .optionsGroup("Registry:")
      .requiredOption("--url <url>", "URL that clients reach the guard by: https://registry.example.com"),
  )
    .option("--drain <seconds>", "how long a scan that is under way may take after SIGTERM", "25")
    .optionsGroup("")
    .addHelpText(
      "after",
      `
Example:
  bulkhead registry work --policy bulkhead.yaml --url https://registry.example.com --engine https://engine:5000 \\
    --keys keys --database-url-file database-url`,
    )
    .action(async (options) => finish((await import("./work.ts")).registryWork(options)));
  registry
    .command("status")
    .description("show what is stored: images, what fails, jobs that wait, and the last refusals")
    .option("--database-url-file <file>", "file with the URL of the guard's PostgreSQL")
    .option("--data <dir>", "directory of the guard's embedded database, while no guard runs")
    .option("--refused <count>", "how many of the last refusals to show", "10")
    .option("--json", "print JSON", false)
    .addHelpText(
      "after",
      `
Exit codes: 0 shown, 2 usage or input error, 3 the database does not answer`,
    )
    .action(async (options) => finish((await import("./status.ts")).registryStatus(options)));
}
