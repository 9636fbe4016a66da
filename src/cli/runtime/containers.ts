import { counted } from "../../core/counted.ts";
import { printable } from "../../core/printable.ts";
import type { ContainerDetails, ContainerFacts, PodFacts } from "../../engines/events/containers/model.ts";
import { shownText } from "../../engines/events/fields/shown.ts";
import { hostContainers } from "../../scan/runtime-containers.ts";
import { knownWord } from "../known-word.ts";
import { type PodOptions, podsOf } from "./pods-of.ts";

export interface ContainersOptions extends PodOptions {
  readonly root: string;
  readonly format: string;
}

/** `bulkhead runtime containers`: 3 where somebody could not be asked. */
export async function runtimeContainers(options: ContainersOptions): Promise<number> {
  const format = knownWord(options.format, ["text", "json"], { place: `--format ${options.format}`, what: "format" });
  const pods = podsOf(options);
  const { containers, problems } = await hostContainers({
    root: options.root,
    ...(pods === undefined ? {} : { pods }),
  });
  const text =
    format === "json"
      ? `${JSON.stringify(containers.map(shownFacts), null, 2)}\n`
      : `${[...containers.map(linesOf), counted(containers.length, "container")].join("\n")}\n`;
  process.stdout.write(text);
  for (const problem of problems) process.stderr.write(`${problem.line()}\n`);
  return problems.length === 0 ? 0 : 3;
}

function linesOf({ id, runtime, details }: ContainerFacts): string {
  const named = shownText(details?.name ?? "");
  const lines = [`${named}  ${runtime} ${shownText(id)}${details?.sandbox === true ? "  sandbox" : ""}`];
  if (details !== undefined) {
    if (details.image !== "") lines.push(`  image  ${imageLine(details)}`);
    if (details.pod !== undefined) lines.push(`  pod    ${podLine(details.pod)}`);
    const open = openLine(details);
    if (open !== "") lines.push(`  open   ${open}`);
    for (const { source, destination, writable } of details.mounts) {
      lines.push(`  mount  ${shownText(source)} on ${shownText(destination)}${writable ? "" : " (read-only)"}`);
    }
  }
  return lines.map(printable).join("\n");
}

function imageLine({ image, imageId, imageDigest }: ContainerDetails): string {
  const digest = imageDigest ?? imageId;
  return digest === undefined ? shownText(image) : `${shownText(image)}  ${shownText(digest)}`;
}

function podLine({ namespace, name, owner, ip }: PodFacts): string {
  const made = owner === undefined ? "" : ` of ${shownText(owner.kind)} ${shownText(owner.name)}`;
  return `${shownText(namespace)}/${shownText(name)}${made}${ip === undefined ? "" : `, ${shownText(ip)}`}`;
}

function openLine({ privileged, hostNetwork, hostPid, hostIpc }: ContainerDetails): string {
  const all = { privileged, "host network": hostNetwork, "host PID": hostPid, "host IPC": hostIpc };
  return Object.entries(all)
    .filter(([, is]) => is === true)
    .map(([what]) => what)
    .join(", ");
}

/** Its texts as people read them; times in decimal. */
function shownFacts(value: unknown): unknown {
  if (typeof value === "string") return shownText(value);
  if (typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return value.map(shownFacts);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [shownText(key), shownFacts(inner)]));
}
