/** `runtime prove`: an event is made, and whether a detector alerts on it is recorded. */
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { asProblem, usageProblem } from "../../core/problem.ts";
import type { AlertSearch } from "../../scan/runtime-prove/find-alert.ts";
import type { AlertOutput } from "../../scan/runtime-prove/outputs.ts";
import { prove } from "../../scan/runtime-prove/prove.ts";
import { portOf } from "../admission/serve-values.ts";
import { knownWord } from "../known-word.ts";
import { exitCodeOf, jsonOf, type ProveCommandOptions, textOf, writeProof } from "./proved-node.ts";

/** `bulkhead runtime prove`: 0 where an alert was found, 1 where none came, 3 where that could not be found out. */
export async function runtimeProve(options: ProveCommandOptions): Promise<number> {
  const format = knownWord(options.format, ["text", "json"], { place: `--format ${options.format}`, what: "format" });
  const milliseconds = secondsOf(options.timeout) * 1_000;
  if (options.cluster) {
    const { proveInCluster } = await import("./prove-cluster.ts");
    return await proveInCluster(options, { format, milliseconds, open: (search) => openOutputs(search, options) });
  }
  if (options.alerts.length === 0 && options.listen === undefined) {
    throw usageProblem("runtime prove", "no output of a detector is named", "--alerts FILE or --listen PORT");
  }
  if (options.alerts.filter((each) => each === "-").length > 1) throw usageProblem("-", "standard input is read once");
  const node = options.node ?? hostname();
  if (node === "" || node.length > 253) throw usageProblem(`--node ${node}`, "not the name of a node");
  const uid = options.clusterUid;
  const proved = await prove({
    about: { node, ...(uid === undefined ? {} : { clusterUid: uid }) },
    open: async (search) => await openOutputs(search, options),
    async makeEvent(nonce) {
      const { makeContainerEvent, makeNodeEvent } = await import("../../collect/runtime/proofs/node-event.ts");
      const { container, engine } = options;
      return container === undefined
        ? await makeNodeEvent(nonce)
        : await makeContainerEvent(nonce, { image: container, engine });
    },
    milliseconds,
  });
  if (proved.kind === "recorded" && options.record !== undefined) writeProof(options.record, proved.proof);
  process.stdout.write(format === "json" ? jsonOf(proved, node) : textOf(proved, node));
  return exitCodeOf(proved);
}

async function openOutputs(
  search: Pick<AlertSearch, "line" | "body">,
  options: ProveCommandOptions,
): Promise<readonly AlertOutput[]> {
  const { openAlertFile, openAlertStream, openAlertWebhook } = await import("../../scan/runtime-prove/outputs.ts");
  const outputs: AlertOutput[] = [];
  if (options.listen !== undefined) {
    const [, host = "127.0.0.1", port = ""] = /^(?:(.+):)?(\d+)$/.exec(options.listen) ?? [];
    const certificate = certificateOf(options);
    const token = tokenOf(options.tokenFile);
    const webhook = await openAlertWebhook(
      {
        host: host.replace(/^\[(.*)\]$/, "$1"),
        port: portOf(port, "--listen"),
        ...(certificate === undefined ? {} : { certificate }),
        ...(token === undefined ? {} : { token }),
      },
      search,
    );
    process.stderr.write(`waits for alerts on port ${webhook.port}\n`);
    outputs.push(webhook);
  }
  for (const path of options.alerts) {
    outputs.push(path === "-" ? openAlertStream(process.stdin, "standard input", search) : openAlertFile(path, search));
  }
  return outputs;
}

function certificateOf({ certificate, key }: ProveCommandOptions) {
  if (certificate === undefined && key === undefined) return undefined;
  if (certificate === undefined || key === undefined) {
    throw usageProblem("--certificate", "a certificate needs its key", "give both --certificate and --key");
  }
  return { certificate: fileText(certificate), key: fileText(key) };
}

function tokenOf(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  const token = fileText(file).trim();
  if (token === "") throw usageProblem(file, "no token in the file");
  return token;
}

function fileText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw asProblem(error, file);
  }
}

function secondsOf(written: string): number {
  const seconds = /^\d{1,5}$/.test(written) ? Number(written) : 0;
  if (seconds >= 1 && seconds <= 3_600) return seconds;
  throw usageProblem(`--timeout ${written}`, "not a number of seconds from 1 to 3600");
}
