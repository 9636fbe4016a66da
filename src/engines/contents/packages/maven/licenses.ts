/** What a jar says of its licenses: its poms, its manifest, a text beside them. */
import { isEvidenceProblem } from "../../../../core/problem.ts";
import { xmlEvents } from "../../../../formats/xml/events.ts";
import { declaredLicense } from "../../licenses/declared.ts";
import { isDeclaredText } from "../identity.ts";
import { lockfileXml } from "../lockfile.ts";

/** Of one artifact; a list longer than that is no declaration. */
const MOST_LICENSES = 32;

/** `META-INF/maven/GROUP/ARTIFACT/pom.xml` → `GROUP:ARTIFACT`; undefined for other files. */
export function pomOf(name: string): string | undefined {
  const [meta, maven, group, artifact, file, ...more] = name.split("/", 6);
  const isPom = meta === "META-INF" && maven === "maven" && file === "pom.xml" && more.length === 0;
  return isPom ? `${group}:${artifact}` : undefined;
}

const TEXT = /^(?:META-INF\/)?(?:LICEN[SC]E|COPYING)(?:\.(?:txt|md))?$/i;

/** Whether a file of a jar is the text of its license. */
export function isLicenseText(name: string): boolean {
  return name.length < 32 && TEXT.test(name);
}

/**
 * The licenses of a pom (POM Reference, "Licenses"), as their names, or as their addresses where only those are known.
 * Nothing but that element is read of it; what a parent pom states is not in the jar.
 */
export function pomLicenses(text: string): string[] {
  const element = licensesElement(text);
  if (element === undefined) return [];
  const found: string[] = [];
  let license: { name?: string; url?: string } = {};
  let content = "";
  try {
    for (const event of xmlEvents(element, lockfileXml)) {
      if (event.kind === "text") content += event.text;
      else if (event.kind === "start") {
        content = "";
        if (event.name === "license") license = {};
      } else if (event.name === "name" || event.name === "url") license[event.name] = content.trim();
      else if (event.name === "license" && found.length < MOST_LICENSES) found.push(...textOf(license));
    }
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    // What a jar holds its pom.properties says: a broken pom leaves the license unknown and no more.
    return [];
  }
  return [...new Set(found)];
}

const START = "<licenses>";
const END = "</licenses>";

/** Of a pom of hundreds of dependencies a few lines are wanted. */
function licensesElement(text: string): string | undefined {
  for (let start = text.indexOf(START); start >= 0; start = text.indexOf(START, start + START.length)) {
    if (text.lastIndexOf("<!--", start) > text.lastIndexOf("-->", start)) continue;
    const end = text.indexOf(END, start);
    return end < 0 ? undefined : text.slice(start, end + END.length);
  }
  return undefined;
}

function textOf({ name, url }: { readonly name?: string; readonly url?: string }): string[] {
  const stated = [name, url].filter((text) => isDeclaredText(text) && !text.includes("${")) as string[];
  const known = stated.find(isKnown) ?? stated[0];
  return known === undefined ? [] : [known];
}

function isKnown(text: string): boolean {
  return declaredLicense(text).kind !== "unlisted";
}

/**
 * `Bundle-License` of a manifest (OSGi Core, 3.2.1.10): names or addresses with parameters, apart by commas; some
 * write one name that has a comma.
 */
export function bundleLicenses(header: string | undefined): string[] {
  if (!isDeclaredText(header)) return [];
  const values = clauses(header).map((clause) => unquoted(clause.split(";", 1)[0] ?? ""));
  if (!values.every(isKnown) && isKnown(header.trim())) return [header.trim()];
  return [...new Set(values)].filter((value) => value !== "" && value !== "<<EXTERNAL>>").slice(0, MOST_LICENSES);
}

function clauses(header: string): string[] {
  const found: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at < header.length; at++) {
    if (header[at] === '"') isQuoted = !isQuoted;
    else if (header[at] === "," && !isQuoted) {
      found.push(header.slice(start, at));
      start = at + 1;
    }
  }
  return [...found, header.slice(start)];
}

function unquoted(text: string): string {
  const trimmed = text.trim();
  return trimmed.startsWith('"') && trimmed.endsWith('"') && trimmed.length > 1 ? trimmed.slice(1, -1).trim() : trimmed;
}
