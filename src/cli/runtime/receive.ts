/** `runtime receive`: alerts of the audit events that an API server posts, until it is told to end. */
import { readClock } from "../../core/clock.ts";
import { counted } from "../../core/counted.ts";
import { usageProblem } from "../../core/problem.ts";
import { alertView } from "../../guards/runtime/alert-view.ts";
import { alertJson, alertSlack, alertSyslog } from "../../report/runtime/lines.ts";
import { type LiveAlert, receiveAudits } from "../../scan/runtime/receive.ts";
import { openLineSink } from "../../scan/serving/line-sink.ts";
import { errorText } from "../../scan/serving/tell.ts";
import { portOf } from "../admission/serve-values.ts";
import { listenToSignals, tell } from "../serving.ts";
import { refuseBroken } from "./diagnostics-text.ts";
import { auditCertificate, auditTokens, fileText } from "./receive-files.ts";
import { rulesAt } from "./rules-at.ts";

export interface ReceiveCommandOptions {
  readonly policy?: string;
  readonly environment?: string;
  readonly rules: readonly string[];
  readonly allMatching: boolean;
  readonly host: string;
  readonly port: string;
  readonly path: string;
  readonly certificate?: string;
  readonly key?: string;
  readonly clientCa?: string;
  readonly tokenFile?: string;
  readonly record?: string;
  readonly format: string;
}

const lines: Readonly<Record<string, typeof alertJson>> = {
  alerts: alertJson,
  syslog: alertSyslog,
  slack: alertSlack,
};

/** Milliseconds for requests that are under way at the end. */
const END = 10_000;

/** `bulkhead runtime receive`: until SIGTERM or SIGINT; 2 where it cannot begin. */
export async function runtimeReceive(options: ReceiveCommandOptions): Promise<number> {
  const line = Object.hasOwn(lines, options.format) ? lines[options.format] : undefined;
  if (line === undefined) throw usageProblem(`--format ${options.format}`, "unknown format", "alerts, syslog, slack");
  if (!options.path.startsWith("/")) throw usageProblem(`--path ${options.path}`, "not a path", "/audit");
  const port = portOf(options.port, "--port");
  const certificate = () => auditCertificate(options);
  const tokensOf = () => (options.tokenFile === undefined ? [] : auditTokens(options.tokenFile));
  let tokens = tokensOf();
  const { loaded, policy } = await rulesAt(options.rules, options);
  refuseBroken(loaded);
  const onProblem = (problem: Error) => tell(errorText(problem));
  const output = openLineSink({ path: "-", onProblem });
  const record = options.record === undefined ? undefined : openLineSink({ path: options.record, onProblem });
  const first = certificate();
  const receiving = await receiveAudits({
    rules: loaded,
    matching: options.allMatching ? "all" : "first",
    policy,
    now: () => readClock(),
    host: options.host,
    port,
    path: options.path,
    ...(first === undefined ? {} : { certificate: first }),
    ...(options.clientCa === undefined ? {} : { clientAuthorities: fileText(options.clientCa) }),
    ...(options.tokenFile === undefined ? {} : { tokens: () => tokens }),
    onAlert: ({ alert, asset, state }: LiveAlert) => output.write(line(alertView(alert, asset, state))),
    ...(record === undefined ? {} : { onEvent: ({ json }) => record.write(JSON.stringify(json)) }),
    onLost: (reason, count) => tell(`${counted(count, "event")} lost: ${reason}`),
    onError: (error) => tell(`internal error, please report it: ${errorText(error)}`),
  });
  if (receiving.rules === 0) tell("no rule is about events of k8s_audit (name some: --rules FILE)");
  tell(`receives audit events on port ${receiving.port}, ${counted(receiving.rules, "rule")}`);
  const { promise, resolve } = Promise.withResolvers<void>();
  const give = listenToSignals({
    async stop() {
      resolve();
    },
    async reload() {
      tokens = tokensOf();
      const next = certificate();
      if (next !== undefined) receiving.show(next);
      record?.reopen();
    },
  });
  await promise;
  give();
  const { events, lost } = await receiving.stop(END);
  const missing = lost.reduce((sum, { count }) => sum + count, 0);
  const unwritten = output.dropped() + (record?.dropped() ?? 0);
  await Promise.all([output.close(), record?.close()]);
  tell(`${counted(events, "event")}, ${missing} lost, ${counted(unwritten, "line")} not written`);
  return 0;
}
