/** Watching put together: a sensor, an API server's audit events, rules, outputs, and what tells how it goes. */
import type { Policy } from "../../../core/policy.ts";
import type { ContainerFacts } from "../../../engines/events/containers/model.ts";
import type { Diagnostic, Matching, RuleText } from "../../../engines/events/falco/model.ts";
import type { Alert } from "../../../engines/events/model.ts";
import type { DetectedStream } from "../../../evaluate/runtime/detections.ts";
import type { RunningServer, ServerCertificate } from "../../../net/server-model.ts";
import { startAuditReceiver } from "../../../scan/runtime/audit-receiver.ts";
import { checkedRules } from "../../../scan/runtime-rules.ts";
import type { LineSink } from "../../../scan/serving/line-sink.ts";
import { measureProcess } from "../../../scan/serving/process-metrics.ts";
import { createReadiness } from "../../../scan/serving/readiness.ts";
import { startStatus } from "../../../scan/serving/status.ts";
import { errorText } from "../../../scan/serving/tell.ts";
import { alertView } from "../alert-view.ts";
import type { OutputSettings, Page } from "../outputs/model.ts";
import { openOutput } from "../outputs/open.ts";
import type { ResponseRecord } from "../response/model.ts";
import { sensorProblem } from "../sensor/commands.ts";
import { createMeters } from "./meters.ts";
import type { Blind, WatchedFor } from "./model.ts";
import { responseAlert } from "./response-view.ts";
import { startWatching, type WatchOptions } from "./watch.ts";

/** What is looked for, as it is read from files. Plain values: it is handed to another process. */
export interface LookedFor {
  readonly files: readonly RuleText[];
  readonly policy: Policy;
  readonly matching: Matching;
}

export interface AuditSettings {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly certificate?: ServerCertificate;
  readonly clientAuthorities?: string;
  readonly tokens?: readonly string[];
}

/** Plain values. */
export interface RunSettings {
  readonly lookedFor: LookedFor;
  readonly hostname?: string;
  readonly outputs: readonly OutputSettings[];
  readonly page: Page;
  readonly audit?: AuditSettings;
  /** Where health and metrics are told. */
  readonly status?: { readonly host: string; readonly port: number };
  /** That each sensor is told beside its hooks. */
  readonly commands: readonly string[];
  readonly blind?: Blind;
}

/** What it takes of whoever runs it. */
export interface RunLinks extends Pick<WatchOptions, "openSensor" | "containerSeen" | "again" | "now"> {
  lines(path: string, fileBytes: number | undefined): LineSink;
  /** Each match, before repeats are collapsed; for responses. */
  onMatch?(alert: Alert): void;
  onEvent(text: string): void;
}

/** What is read anew. */
export interface Renewed {
  readonly lookedFor: LookedFor;
  readonly audit?: Pick<AuditSettings, "certificate" | "tokens">;
}

export interface RunningWatch {
  known(facts: ContainerFacts, settled: boolean): void;
  /** What is broken keeps what was there before, and is told. */
  renew(renewed: Renewed): Promise<void>;
  /** What was done about an alert, to the outputs. */
  record(record: ResponseRecord): void;
  /** Tells the sensor that runs a command. @throws Problem `runtime.sensor` where it was not done */
  tell(command: string): Promise<void>;
  /** Files of outputs, after another program has moved them away. */
  reopen(): void;
  /** Of servers: those that were asked for. */
  readonly ports: { readonly audit?: number; readonly status?: number };
  stop(): Promise<readonly DetectedStream[]>;
}

/** Milliseconds for requests and alerts that are under way at the end. */
const END = 10_000;

/** @throws Problem where a sensor, an output or a server cannot begin */
export async function runWatch(settings: RunSettings, links: RunLinks): Promise<RunningWatch> {
  const { lookedFor, page, audit } = settings;
  const { onEvent, now } = links;
  const readiness = createReadiness(links.openSensor === undefined ? ["rules"] : ["rules", "sensor"]);
  readiness.set("rules", undefined);
  const outputs = settings.outputs.map((one) =>
    openOutput(one, {
      page,
      now: () => now().getTime(),
      lines: links.lines,
      onState: (name, why) => onEvent(why === undefined ? `${name}: takes alerts again` : `${name}: ${why}`),
    }),
  );
  const meters = createMeters(() => ({
    counts: watching.counts(),
    outputs,
    rules: watching.rules(),
    sensorUp: watching.sensor.current() !== undefined,
    sensorRestarts: watching.sensor.restarts(),
  }));
  measureProcess(meters.metrics, now());
  const watching = await startWatching({
    ...settings,
    ...links,
    watched: watchedOf(lookedFor),
    notices: { metric: (name, value) => meters.sensorMetric(name, value) },
    onAlert({ alert, asset, state, again }) {
      const view = alertView(alert, asset, state);
      if (!again) meters.alerts.add(1, { rule: alert.rule, severity: alert.severity });
      for (const output of outputs) output.write(view);
    },
  });
  let tokens = audit?.tokens ?? [];
  const onError = (error: unknown) => onEvent(`internal error, please report it: ${errorText(error)}`);
  const servers: RunningServer[] = [];
  const begun = async (server: Promise<RunningServer>): Promise<RunningServer> => {
    const running = await server;
    servers.push(running);
    return running;
  };
  try {
    const receiver =
      audit === undefined
        ? undefined
        : await begun(startAuditReceiver({ ...listensAt(audit, () => tokens), sink: watching.audits, onError }));
    const { status } = settings;
    const told =
      status === undefined
        ? undefined
        : await begun(
            startStatus({
              ...status,
              metrics: meters.metrics,
              readiness: {
                isReady: () => ready().isReady(),
                text: () => ready().text(),
              },
              onError,
            }),
          );

    return {
      known: watching.known,
      ports: {
        ...(receiver === undefined ? {} : { audit: receiver.port }),
        ...(told === undefined ? {} : { status: told.port }),
      },
      async renew(renewed) {
        const { certificate, tokens: next } = renewed.audit ?? {};
        if (next !== undefined) tokens = next;
        try {
          if (certificate !== undefined) receiver?.show(certificate);
          const watched = watchedOf(renewed.lookedFor);
          const [broken] = watched.rules.errors;
          if (broken !== undefined) throw new Error(brokenText(broken));
          await watching.replace(watched);
          meters.ruleLoads.add(1, { result: "loaded" });
          const { syscall, k8s_audit } = watching.rules();
          onEvent(`rules: ${syscall} about system calls, ${k8s_audit} about audit events are in force`);
        } catch (error) {
          meters.ruleLoads.add(1, { result: "refused" });
          onEvent(`rules: refused, the old ones stay: ${(error as Error).message}`);
        }
      },
      record(record) {
        const view = responseAlert(record);
        for (const output of outputs) output.write(view);
      },
      async tell(command) {
        const sensor = watching.sensor.current();
        if (sensor === undefined) throw sensorProblem("the sensor", "it is not there at the moment");
        await sensor.tell(command);
      },
      reopen() {
        for (const output of outputs) output.reopen();
      },
      async stop() {
        for (const server of servers) server.leave();
        await receiver?.close(END);
        const streams = await watching.stop();
        await Promise.all(outputs.map((output) => output.close(END)));
        for (const { name, dropped } of outputs.map((output) => ({ name: output.name, ...output.counts() }))) {
          if (dropped > 0) onEvent(`${name}: ${dropped} alerts did not get there`);
        }
        await told?.close(END);
        return streams;
      },
    };
  } catch (error) {
    for (const server of servers) await server.close(0);
    await watching.stop();
    throw error;
  }

  function ready() {
    const up = links.openSensor === undefined || watching.sensor.current() !== undefined;
    if (links.openSensor !== undefined) readiness.set("sensor", up ? undefined : "it has ended and is started again");
    return readiness;
  }
}

function listensAt({ tokens, ...rest }: AuditSettings, current: () => readonly string[]) {
  return tokens === undefined ? rest : { ...rest, tokens: current };
}

function watchedOf({ files, policy, matching }: LookedFor): WatchedFor {
  return { rules: checkedRules(files), policy, matching };
}

function brokenText({ message, chain }: Diagnostic): string {
  const [{ place }] = chain;
  return `${place.file}:${place.line}:${place.column}: ${message}`;
}
