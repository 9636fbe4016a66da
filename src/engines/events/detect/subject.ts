/** What tells an alert from others of its rule about the same asset, whenever and by whichever process it happens. */
import { hash } from "node:crypto";
import { beginning } from "../beginning.ts";
import { bounds } from "./bounds.ts";

/**
 * Fields that say who did it or where (both are told apart already), or that differ at each event: times, process ids, ports that
 * a kernel chose, the system call by which a file was opened.
 */
const LEFT_OUT =
  /^(?:proc|thread|user|group|container|k8s|evt\.(?:num|time|datetime|rawtime|reltime|deltatime|latency|cpu|count|args|arg|rawarg|info|res|rawres|type|category|source|hostname|plugin\w+)|fd\.(?:num|type|typechar|cport|lport|ino|dev|cip|lip|l4proto)|jevt\.(?:time|rawtime)|ka\.(?:auditid|req\.time))(?:$|[.[])/;

/** @param fields - of the output */
export function subjectOf(fields: Readonly<Record<string, string | null>>, commandLine?: string): string {
  const command = stable(commandLine ?? "");
  const targets = new Set<string>();
  for (const name in fields) {
    const value = fields[name];
    if (value === null || value === undefined || value === "" || LEFT_OUT.test(name)) continue;
    const target = stable(value);
    if (!command.includes(target)) targets.add(target);
  }
  const to = [...targets].join(" ");
  const whole = [command, to].filter((part) => part !== "").join(" → ");
  // What is cut off still tells it from another.
  if (whole.length <= bounds.fieldLength) return whole;
  return `${beginning(whole, bounds.fieldLength)} ${hash("sha256", whole).slice(0, 16)}`;
}

/** Without process ids and without the port that a client's kernel chose. */
function stable(text: string): string {
  return text.replace(/\/proc\/\d{1,10}(?=\/|$)/g, "/proc/*").replace(/:\d{1,5}->/g, "->");
}
