/** Options of `runtime watch`, read. */
import type { Policy } from "../../core/policy.ts";
import { usageProblem } from "../../core/problem.ts";
import { severities } from "../../core/severity.ts";
import type { SensorPlace } from "../../guards/runtime/model.ts";
import type { AlertForm, OutputSettings } from "../../guards/runtime/outputs/model.ts";
import { placeOf, usualForm } from "../../guards/runtime/outputs/settings.ts";
import type { AuditSettings, RunSettings } from "../../guards/runtime/watch/run.ts";
import { portOf } from "../admission/serve-values.ts";
import type { EvaluationOptions } from "../evaluation.ts";
import { knownWord } from "../known-word.ts";
import type { PodOptions } from "./pods-of.ts";
import type { ProgramOptions } from "./programs.ts";
import { auditCertificate, auditTokens, fileText } from "./receive-files.ts";
import { namedSensor } from "./sensor-place.ts";

export interface WatchCommandOptions extends EvaluationOptions, ProgramOptions, Omit<PodOptions, "tokenFile"> {
  readonly rules: readonly string[];
  readonly allMatching: boolean;
  readonly host?: string;
  readonly clusterUid?: string;
  readonly sensor?: string;
  readonly denied: boolean;
  readonly scope: string;
  readonly ring: string;
  readonly user: string;
  readonly root: string;
  readonly containers: boolean;
  readonly kubeletTokenFile?: string;
  readonly output: readonly string[];
  readonly outputSeverity?: string;
  readonly outputForm?: string;
  readonly outputFileSize: string;
  readonly webhookSecretFile?: string;
  readonly webhookCa?: string;
  readonly statusHost: string;
  readonly statusPort?: string;
  readonly audit: boolean;
  readonly auditHost: string;
  readonly auditPort: string;
  readonly auditPath: string;
  readonly certificate?: string;
  readonly key?: string;
  readonly clientCa?: string;
  readonly tokenFile?: string;
  readonly duration?: string;
  readonly journal: string;
}

/** Seconds between two times that the sensor tells what it measured. */
const METRICS = "15";

/** @returns undefined: only audit events are evaluated */
export function sensorPlaceOf({ sensor, ring, audit }: WatchCommandOptions): SensorPlace | undefined {
  if (sensor === "none") {
    if (!audit) throw usageProblem("--sensor none", "nothing is left to watch", "add --audit");
    return undefined;
  }
  return namedSensor(sensor, {
    words: ["--ring", String(numberOf(ring, "--ring", 1, 1_024)), "--metrics", METRICS],
    missing: {
      place: "the sensor",
      cause: "it is not built",
      remedy:
        "build it with `make -C sensor`; without one, `--sensor none --audit` and `bulkhead runtime receive` evaluate audit events",
    },
  });
}

export function commandsOf({ denied, scope }: WatchCommandOptions): readonly string[] {
  const which = knownWord(scope, ["all", "containers"], { place: `--scope ${scope}`, what: "scope" });
  return [...(which === "containers" ? ["scope containers"] : []), ...(denied ? ["denied on"] : [])];
}

/** Beside standard output. */
export function outputsOf(options: WatchCommandOptions): readonly OutputSettings[] {
  const { output, outputSeverity, outputForm, webhookSecretFile, webhookCa } = options;
  const severity =
    outputSeverity === undefined
      ? {}
      : {
          severity: knownWord(outputSeverity.toLowerCase(), [...severities], {
            place: `--output-severity ${outputSeverity}`,
            what: "severity",
          }),
        };
  const secret = webhookSecretFile === undefined ? {} : { secret: secretOf(webhookSecretFile) };
  const authorities = webhookCa === undefined ? {} : { authorities: fileText(webhookCa) };
  const fileBytes = numberOf(options.outputFileSize, "--output-file-size", 1, 1_000_000) * 1024 * 1024;
  return output.map((written) => {
    const place = placeOf(written);
    if (place.kind === "stdout") throw usageProblem(`--output ${written}`, "alerts go there by --format");
    const form = outputForm === undefined ? usualForm(place) : formOf(outputForm);
    const named = place.kind === "file" ? { ...place, fileBytes } : place;
    return { form, ...severity, ...(named.kind === "webhook" ? { ...named, ...secret, ...authorities } : named) };
  });
}

/** Those of a trusted policy. */
export function policyOutputs({ runtime, origin }: Policy): readonly OutputSettings[] {
  if (origin.kind === "tree") return [];
  return runtime.outputs.map(({ to, form, severity, secretFile, caFile, fileSize }) => {
    const place = placeOf(to);
    return {
      form: form ?? usualForm(place),
      ...(severity === undefined ? {} : { severity }),
      ...(place.kind === "webhook"
        ? {
            ...place,
            ...(secretFile === undefined ? {} : { secret: secretOf(secretFile) }),
            ...(caFile === undefined ? {} : { authorities: fileText(caFile) }),
          }
        : place.kind === "file" && fileSize !== undefined
          ? { ...place, fileBytes: fileSize * 1024 * 1024 }
          : place),
    };
  });
}

function formOf(written: string): AlertForm {
  const known = ["text", "alerts", "syslog", "slack"] as const;
  return knownWord<AlertForm>(written, [...known], { place: `--output-form ${written}`, what: "form" });
}

export function auditOf(options: WatchCommandOptions): AuditSettings | undefined {
  const { audit, auditHost: host, auditPath: path, auditPort, clientCa, tokenFile } = options;
  if (!audit) return undefined;
  if (!path.startsWith("/")) throw usageProblem(`--audit-path ${path}`, "not a path", "/audit");
  const certificate = auditCertificate(options);
  return {
    host,
    port: portOf(auditPort, "--audit-port"),
    path,
    ...(certificate === undefined ? {} : { certificate }),
    ...(clientCa === undefined ? {} : { clientAuthorities: fileText(clientCa) }),
    ...(tokenFile === undefined ? {} : { tokens: auditTokens(tokenFile) }),
  };
}

export function statusOf({ statusHost: host, statusPort }: WatchCommandOptions): RunSettings["status"] {
  return statusPort === undefined ? undefined : { host, port: portOf(statusPort, "--status-port") };
}

export function userAndGroup(written: string): { readonly uid: number; readonly gid: number } {
  const [, uid = "", gid = uid] = /^(\d{1,10})(?::(\d{1,10}))?$/.exec(written) ?? [];
  const isOne = (id: string) => id !== "" && Number(id) > 0 && Number(id) < 0xffff_ffff;
  if (isOne(uid) && isOne(gid)) return { uid: Number(uid), gid: Number(gid) };
  throw usageProblem(`--user ${written}`, "not a user and group other than root", "65534:65534");
}

/** Seconds. */
export function durationOf({ duration }: WatchCommandOptions): number | undefined {
  return duration === undefined ? undefined : numberOf(duration, "--duration", 1, 1_000_000_000);
}

function numberOf(written: string, flag: string, from: number, to: number): number {
  const number = /^\d{1,10}$/.test(written) ? Number(written) : Number.NaN;
  if (number >= from && number <= to) return number;
  throw usageProblem(`${flag} ${written}`, `not a number from ${from} to ${to}`);
}

const SECRET_LENGTH = 16;

function secretOf(file: string): string {
  const secret = fileText(file).trim();
  if (secret.length >= SECRET_LENGTH) return secret;
  throw usageProblem(file, `the secret has fewer than ${SECRET_LENGTH} characters`, "openssl rand -hex 32");
}
