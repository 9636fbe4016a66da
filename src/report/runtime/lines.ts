/** Alerts for machines, one a line: JSON with Falco's keys and ours beside them, and syslog. */
import { printable } from "../../core/printable.ts";
import { inertText } from "../inert-text.ts";
import type { AlertView } from "./view.ts";

/** Version of the line's form: a key is added without a new one, and none changes its meaning. */
const VERSION = 1;

/**
 * One JSON object, without a line break. `time`, `rule`, `priority`, `source`, `output`, `output_fields`, `tags` and `hostname` are
 * Falco's, so that what takes its alerts takes these (docs/runtime.md).
 */
export function alertJson(alert: AlertView): string {
  const { first, last, rule, priority, source, output, fields, tags, host, state, ...rest } = alert;
  return asciiControls(
    JSON.stringify({
      time: first,
      rule,
      priority: falcoPriority(priority),
      source,
      output,
      output_fields: fields,
      tags,
      ...(host === undefined ? {} : { hostname: host }),
      bulkhead: { version: VERSION, first, last, state, ...rest },
    }),
  );
}

/** `Warning`. */
function falcoPriority(priority: string): string {
  return `${priority.slice(0, 1)}${priority.slice(1).toLowerCase()}`;
}

/**
 * What a terminal acts on beyond JSON's own escapes, as an escape of JSON: the text is the same to whoever parses it. JSON has
 * such characters within its texts alone.
 */
function asciiControls(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** RFC 5424, section 6.2.1: as Falco's priorities are named. */
const LEVELS = ["EMERGENCY", "ALERT", "CRITICAL", "ERROR", "WARNING", "NOTICE", "INFORMATIONAL", "DEBUG"] as const;
/** Security/authorization messages (facility 10). */
const FACILITY = 10;
/** The number that RFC 5612 keeps for documentation: nobody else's. */
const ENTERPRISE = 32473;
const MESSAGE = 4_096;
const VALUE = 1_024;

/** One message of RFC 5424, without a line break. */
export function alertSyslog(alert: AlertView): string {
  const level = Math.max(0, LEVELS.indexOf(alert.priority as (typeof LEVELS)[number]));
  const { process, container, pod } = alert;
  const data: Record<string, string | undefined> = {
    rule: alert.rule,
    severity: alert.severity,
    asset: alert.asset,
    count: String(alert.count),
    last: alert.last,
    container: container?.id,
    image: container?.digest ?? container?.image,
    pod: pod === undefined ? undefined : `${pod.namespace}/${pod.name}`,
    command: process?.commandLine,
    user: process?.user,
    kubernetesUser:
      alert.kubernetesUsers.length === 0 ? undefined : alert.kubernetesUsers.map(({ name }) => name).join(" or "),
    tags: alert.tags.length === 0 ? undefined : alert.tags.join(","),
    detector: alert.detector,
  };
  const parameters = Object.entries(data).flatMap(([name, value]) =>
    value === undefined ? [] : [` ${name}="${parameterValue(value)}"`],
  );
  const header = [
    `<${FACILITY * 8 + level}>1`,
    timestamp(alert.first),
    headerText(alert.host, 255),
    "bulkhead",
    process === undefined ? "-" : headerText(String(process.pid), 128),
    "alert",
  ].join(" ");
  // A BOM says that it is UTF-8 (section 6.4).
  const message = `\ufeff${cut(printable(`${alert.rule}: ${alert.output}`), MESSAGE)}`;
  return `${header} [alert@${ENTERPRISE}${parameters.join("")}] ${message}`;
}

/** Section 6.3.3: a quotation mark, a backslash and a closing bracket are escaped; control characters are shown as text. */
function parameterValue(text: string): string {
  return cut(printable(text), VALUE).replace(/["\\\]]/g, "\\$&");
}

/** Printable ASCII without blanks, or `-`. */
function headerText(text: string | undefined, length: number): string {
  const ascii = (text ?? "").replace(/[^!-~]/g, "").slice(0, length);
  return ascii === "" ? "-" : ascii;
}

/** Six digits of a second at most (section 6.2.3). */
function timestamp(time: string): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/.test(time) ? time.replace(/(\.\d{6})\d+/, "$1") : "-";
}

/** No half of a character is left. */
function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length).replace(/[\ud800-\udbff]$/, "")}…`;
}

/** Characters of one alert's text in a chat. */
const CHAT = 3_000;

/**
 * The body of an incoming webhook of Slack, Mattermost or what takes theirs: one JSON object with `text`, without a line break.
 * Every text in it is text: `&`, `<` and `>` are escaped as Slack asks, and what would be a link, a mention or markup is parted.
 */
export function alertSlack(alert: AlertView): string {
  const { severity, rule, asset, first, count, output, process, kubernetesUsers } = alert;
  const users = kubernetesUsers.map(({ name }) => name).join(" or ");
  const lines = [
    `${severity}: ${rule} · ${asset}${count === 1 ? "" : ` · ${count} times`} · ${first.slice(0, 19)}Z`,
    ...(process === undefined
      ? []
      : [`${[process.name, ...process.ancestors.slice(0, 3)].join(" ← ")} · ${process.commandLine}`]),
    output,
    ...(users === "" ? [] : [`by Kubernetes user ${users}`]),
  ];
  const text = lines.map((line) => chatText(cut(line, CHAT / lines.length))).join("\n");
  return asciiControls(JSON.stringify({ text }));
}

/** Bold, italics, code and quotes of Slack's markup, each parted from what it would mark. */
function chatText(text: string): string {
  return inertText(text)
    .replace(/[*_~`>|]/g, "$&\u200b")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;");
}
