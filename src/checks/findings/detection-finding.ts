/** An alert as a finding. */
import { counted } from "../../core/counted.ts";
import type { FindingDraft } from "../../core/finding.ts";
import { formatDockerfile, formatLayer, type Location } from "../../core/location.ts";
import type { Alert } from "../../engines/events/model.ts";
import { clip, clipSubject, SENTENCE } from "./one-line.ts";

/** What a finding of it is about: no time, process id or port in it. Two that are cut alike differ in their digest. */
export function detectionSubject({ rule, subject }: Pick<Alert, "rule" | "subject">): string {
  return `${clipSubject(rule)}: ${clipSubject(subject)}`;
}

/** @param more - the same again, after a while */
export function detectionFinding(alert: Alert, more: readonly Alert[]): FindingDraft {
  const { rule, severity, about, process, output, fix, why } = alert;
  const count = more.reduce((sum, { count: times }) => sum + times, alert.count);
  const by = process === undefined ? "" : ` by ${clip(process.name)}`;
  const often = count === 1 ? "" : `, ${counted(count, "time")}`;
  const file = pathOf(alert);
  const references = techniquesOf(alert).map((id) => `https://attack.mitre.org/techniques/${id.replace(".", "/")}/`);
  return {
    subject: detectionSubject(alert),
    severity,
    title: clip(`${rule}${by}${often}`, SENTENCE),
    detail: clip(why === undefined ? output : `${output}. ${why}`, SENTENCE),
    locations: [{ kind: "object", object: clip(placeOf(about)) }, ...programLocations(alert)],
    matches: {
      ids: [clip(rule), "runtime/detection"],
      ...(file === undefined ? {} : { path: file }),
    },
    ...(fix === undefined ? {} : { fix: { kind: "instruction" as const, text: clip(fix, SENTENCE) } }),
    evidence: evidenceOf(alert, more, count),
    ...(references.length === 0 ? {} : { references }),
  };
}

function evidenceOf(alert: Alert, more: readonly Alert[], count: number): Record<string, string> {
  const { first, priority, process, kubernetesUsers = [], about, after = [], tags, detector, place } = alert;
  const last = latestOf([alert, ...more]);
  const image = about.container?.image;
  const digest = about.container?.imageDigest ?? about.container?.imageId;
  const users = kubernetesUsers.map(({ name, request }) => `${name} (${request})`);
  const all: Record<string, string | undefined> = {
    first: timeText(first),
    last: count === 1 ? undefined : timeText(last),
    times: count === 1 ? undefined : String(count),
    command: process?.commandLine,
    process: process === undefined ? undefined : [process.name, ...process.ancestors].join(" ← "),
    program: programText(alert.program),
    user: process?.user ?? (process?.uid === undefined ? undefined : `uid ${process.uid}`),
    "kubernetes user": users.length === 0 ? undefined : users.join(" or "),
    after: after.length === 0 ? undefined : after.join("; "),
    container: about.container?.name ?? about.container?.id.slice(0, 12),
    image:
      image === undefined ? digest : digest === undefined || image.includes(digest) ? image : `${image} (${digest})`,
    rule: place === undefined ? undefined : `${place.file}:${place.line}`,
    priority: priority.toLowerCase(),
    tags: tags.length === 0 ? undefined : tags.join(", "),
    detector: detector === "bulkhead" ? undefined : detector,
  };
  const evidence: Record<string, string> = {};
  for (const name in all) {
    const value = all[name];
    if (value !== undefined && value !== "") evidence[name] = clip(value, SENTENCE);
  }
  return evidence;
}

/** The layer of the image that brought the program, with the line of the Dockerfile where that is known. */
function programLocations({ program }: Alert): Location[] {
  return program?.layer === undefined ? [] : [{ kind: "image", path: program.path, layer: program.layer }];
}

/** `/usr/bin/curl of curl 8.14.1-2, layer 2/3, shop/Dockerfile:7 (sha256:…)`; undefined where nobody read the image. */
export function programText(program: Alert["program"]): string | undefined {
  if (program === undefined) return undefined;
  const { image, path, layer, package: of } = program;
  if (layer === undefined) return `/${path} is not in the image (${image})`;
  const brought = of === undefined ? "of no package" : `of ${of.name} ${of.version}`;
  const where = [formatLayer(layer), formatDockerfile(layer) ?? []].flat().join(", ");
  return `/${path} ${brought}, ${where} (${image})`;
}

function latestOf(alerts: readonly Alert[]): bigint {
  let latest = 0n;
  for (const { last } of alerts) if (last > latest) latest = last;
  return latest;
}

/** Where it happened: `Pod shop/api-7f9c, container api`. */
function placeOf({ host, container, pod, object, other }: Alert["about"]): string {
  const named = container?.name ?? container?.id.slice(0, 12);
  if (pod !== undefined) return `Pod ${pod.namespace}/${pod.name}${named === undefined ? "" : `, container ${named}`}`;
  if (named !== undefined) return `container ${named}${host === undefined ? "" : ` on ${host}`}`;
  if (object !== undefined) {
    const parts = [object.namespace, object.name].filter((part) => part !== undefined);
    return `${object.resource}${parts.length === 0 ? "" : ` ${parts.join("/")}`}`;
  }
  return other ?? (host === undefined ? "host" : `host ${host}`);
}

/** What exceptions match by `path`: the file that it was done to, else the program. */
function pathOf({ fields, process }: Alert): string | undefined {
  const path = [fields["fd.name"], process?.path].find((text) => text?.startsWith("/"));
  return path === undefined || path === null ? undefined : clip(path, SENTENCE).replace(/^\/{1,64}/, "");
}

function techniquesOf({ tags }: Alert): string[] {
  return [...new Set(tags.filter((tag) => /^T\d{4}(?:\.\d{3})?$/.test(tag)))];
}

/** To the millisecond, UTC; an event's own clock may say anything. */
function timeText(nanoseconds: bigint): string {
  const date = new Date(Number(nanoseconds / 1_000_000n));
  return Number.isNaN(date.getTime()) ? "at no valid time" : date.toISOString();
}
