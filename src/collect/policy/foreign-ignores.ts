/** Ignore files of Trivy, Grype and gitleaks, read as what an exception of ours can say. */
import { basename } from "node:path";
import { isObject } from "../../core/untyped.ts";
import { tomlTable, tomlTables, tomlTexts } from "../../formats/toml/fields.ts";
import { tomlSections } from "../../formats/toml/read.ts";
import { refused } from "../named/named-text.ts";
import { readDocument } from "./document.ts";

/** An exception without who answers for it. */
export interface ForeignIgnore {
  readonly id?: string;
  readonly package?: string;
  readonly path?: string;
  /** Its own reason, where it states one. */
  readonly reason?: string;
  /** ISO 8601 date, where it states one. */
  readonly expires?: string;
}

export interface ForeignIgnores {
  readonly ignores: readonly ForeignIgnore[];
  /** What no exception can say, one sentence each. */
  readonly left: readonly string[];
}

type Collected = { readonly ignores: ForeignIgnore[]; readonly left: string[] };

const SECRETS = "build/committed-secret";

/**
 * By the file's name: `.trivyignore`, `.trivyignore.yaml`, `.grype.yaml`, `.gitleaksignore`, `gitleaks.toml`, each also with
 * something before or after it.
 *
 * @throws Problem (usage) where the name tells none of them, or the text breaks its format
 */
export function readForeignIgnores(name: string, text: string): ForeignIgnores {
  const base = basename(name).toLowerCase();
  const all: Collected = { ignores: [], left: [] };
  if (/trivyignore.*\.ya?ml$/.test(base)) readTrivyYaml(documentOf(name, text), name, all);
  else if (base.includes("trivyignore")) readTrivyLines(text, name, all);
  else if (/grype.*\.ya?ml$/.test(base)) readGrype(documentOf(name, text), name, all);
  else if (base.includes("gitleaksignore")) readGitleaksLines(text, name, all);
  else if (/gitleaks.*\.toml$/.test(base)) readGitleaksAllowlists(text, name, all);
  else {
    const remedy = ".trivyignore, .trivyignore.yaml, .grype.yaml, .gitleaksignore or gitleaks.toml";
    throw refused("ignores.format", name, "unknown format", remedy);
  }
  return all;
}

function documentOf(name: string, text: string): unknown {
  const document = readDocument(text, name);
  if (!("problems" in document)) return document.value;
  const [first] = document.problems;
  throw refused("ignores.format", `${name}:${first?.line}:${first?.column}`, first?.cause ?? "broken", undefined);
}

function* lines(text: string): Generator<{ readonly line: string; readonly number: number }> {
  for (const [index, line] of text.split("\n").entries()) yield { line: line.trim(), number: index + 1 };
}

const VULNERABILITY = /^(?:CVE|GHSA|DSA|DLA|RHSA|USN|ALAS|ELSA|GO|PYSEC|RUSTSEC|TEMP|OSV)[-A-Za-z0-9:.]*$/;
const DATE = /^\d{4}-\d\d-\d\d/;

function readTrivyLines(text: string, name: string, { ignores, left }: Collected): void {
  /** Comments right before an id are its reason. */
  let comments: string[] = [];
  for (const { line, number } of lines(text)) {
    if (line.startsWith("#")) {
      comments.push(line.replace(/^#+\s*/, ""));
      continue;
    }
    const [id = "", ...rest] = line.split(/\s+/);
    if (id !== "") {
      const expires = rest.find((word) => word.startsWith("exp:"))?.slice("exp:".length);
      const reason = comments.filter((comment) => comment !== "").join(" ");
      if (VULNERABILITY.test(id)) ignores.push({ id, ...stated({ reason, expires }) });
      else left.push(`${name}:${number}: ${id} is a check of Trivy's: ${CHECKS}`);
    }
    comments = [];
  }
}

const CHECKS = "`bulkhead explain` lists ours, except a finding by its id";

function readTrivyYaml(value: unknown, name: string, { ignores, left }: Collected): void {
  if (!isObject(value)) return;
  for (const [section, entries] of Object.entries(value)) {
    if (!Array.isArray(entries)) continue;
    for (const [index, entry] of entries.entries()) {
      if (!isObject(entry) || typeof entry.id !== "string") continue;
      const { id, paths, purls, statement, expired_at: expires } = entry;
      const place = `${name}: ${section}[${index}]`;
      if (section !== "vulnerabilities" && section !== "secrets") {
        left.push(`${place}: ${id}: ${CHECKS}`);
        continue;
      }
      const more = stated({ reason: statement, expires });
      const names = texts(purls).flatMap((purl) => packageIn(purl) ?? []);
      if (names.length < texts(purls).length) left.push(`${place}: a purl without a name is left out`);
      for (const path of orNone(texts(paths))) {
        for (const one of orNone(names)) {
          ignores.push({
            id: section === "secrets" ? SECRETS : id,
            ...(one === undefined ? {} : { package: one }),
            ...(path === undefined ? {} : { path }),
            ...more,
          });
        }
      }
    }
  }
}

function readGrype(value: unknown, name: string, { ignores, left }: Collected): void {
  const rules = isObject(value) && Array.isArray(value.ignore) ? value.ignore : [];
  for (const [index, rule] of rules.entries()) {
    if (!isObject(rule)) continue;
    const place = `${name}: ignore[${index}]`;
    const affected = isObject(rule.package) ? rule.package : {};
    const also = ["fix-state", "vex-status", "namespace", "match-type"].filter((key) => rule[key] !== undefined);
    const ofPackage = ["version", "type", "language", "upstream-name"].filter((key) => affected[key] !== undefined);
    // Without its other conditions it would accept more than it did.
    if (also.length + ofPackage.length > 0) {
      left.push(`${place}: no exception states ${[...also, ...ofPackage.map((key) => `package.${key}`)].join(", ")}`);
      continue;
    }
    const ignore: ForeignIgnore = {
      ...(typeof rule.vulnerability === "string" ? { id: rule.vulnerability } : {}),
      ...(typeof affected.name === "string" ? { package: affected.name } : {}),
      ...(typeof affected.location === "string" ? { path: affected.location } : {}),
      ...stated({ reason: rule.reason }),
    };
    if (ignore.id === undefined && ignore.package === undefined && ignore.path === undefined) {
      left.push(`${place}: names nothing`);
    } else ignores.push(ignore);
  }
}

/** `COMMIT:PATH:RULE:LINE` or `PATH:RULE:LINE`; of an exception's path all lines count. */
function readGitleaksLines(text: string, name: string, { ignores, left }: Collected): void {
  const paths = new Set<string>();
  for (const { line, number } of lines(text)) {
    if (line === "" || line.startsWith("#")) continue;
    const path = /^(?:[0-9a-f]{40,64}:)?(.+):[^:]+:\d+$/.exec(line)?.[1];
    if (path === undefined) left.push(`${name}:${number}: not a fingerprint`);
    else if (/[*?]/.test(path)) left.push(`${name}:${number}: a path with * or ? would be a pattern`);
    else paths.add(path);
  }
  for (const path of paths) ignores.push({ id: SECRETS, path });
}

function readGitleaksAllowlists(text: string, name: string, { ignores, left }: Collected): void {
  const refuse = ({ line }: { readonly line: number }, cause: string) =>
    refused("ignores.format", `${name}:${line}`, cause, undefined);
  for (const { name: section, table } of tomlSections(text, refuse)) {
    const nested = [tomlTable(table.get("allowlist")), ...tomlTables(table.get("allowlists"))];
    const lists = /^allowlists?$/.test(section) ? [table] : nested.filter((list) => list !== undefined);
    for (const list of lists) {
      for (const expression of tomlTexts(list.get("paths"))) {
        const glob = globOf(expression);
        if (glob === undefined) left.push(`${name}: the expression ${expression} is not a pattern of ours`);
        else ignores.push({ id: SECRETS, path: glob });
      }
      for (const key of ["regexes", "stopwords", "commits"]) {
        const count = tomlTexts(list.get(key)).length;
        if (count > 0) left.push(`${name}: ${count} ${key} of an allowlist: no exception looks at what a secret says`);
      }
    }
  }
}

/** Of an expression without anything but escaped characters, anchors and `.*`: gitleaks finds it anywhere in the path. */
function globOf(expression: string): string | undefined {
  const begins = expression.startsWith("^");
  const ends = expression.endsWith("$") && !expression.endsWith("\\$");
  const inner = expression.slice(begins ? 1 : 0, ends ? -1 : undefined);
  if (!/^(?:[\w/ @%,:=-]|\\[.\-/]|\.\*)+$/.test(inner)) return undefined;
  const glob = inner.replaceAll(".*", "**").replace(/\\(.)/g, "$1");
  return `${begins ? "" : "**"}${glob}${ends ? "" : "**"}`.replace(/\*{3,}/g, "**");
}

/** `pkg:npm/%40scope/name@1` → `@scope/name`, as our findings name it. */
function packageIn(purl: string): string | undefined {
  const [, type = "", path = ""] = /^pkg:([a-z]+)\/([^@?#]+)/i.exec(purl) ?? [];
  let name: string;
  try {
    name = decodeURIComponent(path);
  } catch {
    return undefined;
  }
  if (name === "") return undefined;
  if (type.toLowerCase() === "maven") return name.replace("/", ":");
  // A distribution's namespace is no part of the name.
  return /^(?:deb|apk|rpm)$/i.test(type) ? name.slice(name.lastIndexOf("/") + 1) : name;
}

function stated({ reason, expires }: { readonly reason?: unknown; readonly expires?: unknown }): ForeignIgnore {
  const date = typeof expires === "string" ? DATE.exec(expires)?.[0] : undefined;
  return {
    ...(typeof reason === "string" && reason.trim() !== "" ? { reason: reason.trim() } : {}),
    ...(date === undefined ? {} : { expires: date }),
  };
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}

function orNone<T>(values: readonly T[]): readonly (T | undefined)[] {
  return values.length === 0 ? [undefined] : values;
}
