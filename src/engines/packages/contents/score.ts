/** The files of one package, scored: which run when, what they can do, what of it is a threat. */
import { posix } from "node:path";
import type { Faults, PackageFile } from "../archive/files.ts";
import type { ArchiveKind } from "../archive/read.ts";
import type { Capability, CapabilityKind, Threat } from "../model.ts";
import { type Analysis, analyse } from "./analyse.ts";
import { bounds } from "./bounds.ts";
import type { Language } from "./code/token.ts";
import { commandThreats } from "./command-threats.ts";
import { commandTraits, inlineCode, startedFiles } from "./commands.ts";
import { createExcerpts, type Excerpts } from "./excerpts.ts";
import { type FileKind, isWorthReading, kindOfFile } from "./file-kinds.ts";
import { countLines, isForDevelopers } from "./lines.ts";
import type { Manifest } from "./manifest.ts";
import { type Circumstances, type Hit, RULES, type RuleId } from "./rules.ts";
import { isMinified, shapeThreats } from "./shape.ts";

export interface Score {
  readonly codeLines: number;
  readonly capabilities: readonly Capability[];
  readonly threats: readonly Threat[];
}

interface State {
  readonly files: ReadonlyMap<string, PackageFile>;
  readonly kind: ArchiveKind;
  readonly faults: Faults;
  readonly capabilities: Map<CapabilityKind, Capability[]>;
  readonly threats: Map<RuleId, Threat[]>;
  /** Characters that may still be tokenised. */
  left: number;
}

export function scoreFiles(
  files: ReadonlyMap<string, PackageFile>,
  manifest: Manifest | undefined,
  kind: ArchiveKind,
  faults: Faults,
): Score {
  const state: State = { files, kind, faults, capabilities: new Map(), threats: new Map(), left: bounds.packageLength };
  const kinds = new Map<string, FileKind>();
  let codeLines = 0;
  for (const file of files.values()) {
    const what = kindOfFile(file.path, file.bytes);
    kinds.set(file.path, what);
    if ((what === "javascript" || what === "python") && !isForDevelopers(file.path))
      codeLines += countLines(file.bytes, what);
  }
  const done = new Set<string>();
  const reach = (start: Iterable<string>, circumstances: Circumstances): void => {
    const queue = [...start];
    const first = queue.length;
    for (let at = 0; at < queue.length && at < bounds.reachedFiles; at++) {
      const path = queue[at] as string;
      const file = files.get(path);
      if (file === undefined || done.has(path)) continue;
      done.add(path);
      let what = kinds.get(path) ?? "other";
      // Whatever it is called, an interpreter runs it.
      if (
        what === "other" &&
        circumstances.atInstall &&
        !/\.(?:json|md|txt|gypi?|lock|toml|cfg)$/.test(path) &&
        isLikeText(file.bytes)
      )
        what = kind === "npm" ? "javascript" : "python";
      const analysis = scoreFile(
        state,
        file,
        what,
        at < first ? { ...circumstances, started: circumstances.atInstall } : circumstances,
      );
      for (const next of analysis?.imports ?? [])
        for (const found of resolve(files, path, next, what)) queue.push(found);
    }
  };
  if (manifest !== undefined) {
    scoreManifest(state, manifest);
    const started = manifest.installScripts.flatMap(({ command }) =>
      startedFiles(command).flatMap((path) => resolve(files, "package.json", `./${path}`, "javascript")),
    );
    reach([...manifest.installFiles, ...started], { atInstall: true, atImport: false });
    if (manifest.entries !== undefined) {
      const entries = manifest.entries.flatMap((path) => resolve(files, "package.json", `./${path}`, "javascript"));
      reach(entries, { atInstall: false, atImport: true });
    }
  }
  for (const file of files.values()) {
    if (done.has(file.path)) continue;
    const what = kinds.get(file.path) as FileKind;
    if (file.path.endsWith(".pth")) scoreStartup(state, file);
    const atImport = what === "python" && !isForDevelopers(file.path);
    scoreFile(state, file, what, { atInstall: false, atImport });
  }
  return {
    codeLines,
    capabilities: [...state.capabilities.values()].flat(),
    threats: [...state.threats.values()].flat().sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity)),
  };
}

const ORDER: readonly Threat["severity"][] = ["critical", "high", "medium", "low"];

function scoreFile(
  state: State,
  file: PackageFile,
  what: FileKind,
  circumstances: Circumstances,
): Analysis | undefined {
  switch (what) {
    case "program":
      addCapability(state, {
        kind: "binary",
        path: file.path,
        line: 1,
        excerpt: `${file.bytes.length} bytes of machine code`,
        atInstall: circumstances.atInstall,
      });
      return undefined;
    case "command": {
      const text = file.bytes.toString("utf8", 0, Math.min(file.bytes.length, 200_000));
      const excerpts = createExcerpts(text);
      const runs = circumstances.atInstall;
      if (!runs && isForDevelopers(file.path)) return undefined;
      for (const hit of commandThreats(text, { atInstall: runs, runs, at: 0 }))
        addThreat(state, file.path, excerpts, runs ? hit : weaker(hit));
      return undefined;
    }
    case "javascript":
    case "python":
      return scoreCode(state, file, what, circumstances);
    default:
      return undefined;
  }
}

function scoreCode(
  state: State,
  file: PackageFile,
  language: Language,
  circumstances: Circumstances,
): Analysis | undefined {
  const asked = circumstances.started === true || isWorthReading(file.bytes, language) || !isAscii(file.bytes);
  if (!asked) {
    const isReached = circumstances.atInstall || circumstances.atImport;
    return { hits: [], found: [], imports: isReached ? plainImports(file.bytes, language) : [], cut: false };
  }
  if (state.left <= 0) {
    state.faults.add("files beyond the limit of code in one package are not scored", file.path);
    return undefined;
  }
  const text = textOf(file.bytes);
  state.left -= Math.min(text.length, bounds.sourceLength);
  const analysis = analyse(text, language, circumstances);
  if (analysis.cut) state.faults.add("files longer than the limit are scored as far as it goes", file.path);
  const excerpts = createExcerpts(text);
  for (const { kind, at, runs } of analysis.found) {
    addCapability(state, {
      kind,
      path: file.path,
      ...excerpts.at(at),
      atInstall: runs && (circumstances.atInstall || circumstances.atImport),
    });
  }
  if (isMinified(text))
    addCapability(state, { kind: "obfuscated", path: file.path, ...excerpts.at(0), atInstall: false });
  const isAside = isForDevelopers(file.path) && !circumstances.atInstall && !circumstances.atImport;
  for (const hit of [...analysis.hits, ...shapeThreats(text, language)])
    addThreat(state, file.path, excerpts, isAside ? weaker(hit) : hit);
  return analysis;
}

const SCRIPT_IMPORT = /(?:\brequire\(|\bfrom |\bimport |\bimport\()["'](\.[^"'\n]{1,200})["']/g;
const PYTHON_IMPORT = /^[ \t]{0,40}(?:import|from)[ \t]{1,8}([\w.]{1,200})/gm;

/** Imports as they are plainly written, of a file that is not tokenised. */
function plainImports(bytes: Buffer, language: Language): string[] {
  const imports: string[] = [];
  for (const [, wanted] of bytes.toString("latin1").matchAll(language === "python" ? PYTHON_IMPORT : SCRIPT_IMPORT)) {
    if (wanted !== undefined && imports.push(wanted) >= bounds.reachedFiles) break;
  }
  return imports;
}

/** Nothing of the package runs it. */
function weaker(hit: Hit): Hit {
  return { ...hit, severity: "low" };
}

/** UTF-16 too: Python and Node read by the byte order mark. */
function textOf(bytes: Buffer): string {
  const text = bytes[0] === 0xff && bytes[1] === 0xfe ? bytes.toString("utf16le", 2) : bytes.toString("utf8");
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

function isAscii(bytes: Buffer): boolean {
  const end = Math.min(bytes.length, 65_536);
  for (let at = 0; at < end; at++) if ((bytes[at] as number) > 0xed) return false;
  return true;
}

function isLikeText(bytes: Buffer): boolean {
  return !bytes.subarray(0, 8_000).includes(0);
}

function scoreManifest(state: State, manifest: Manifest): void {
  const excerpts = createExcerpts(manifest.text);
  for (const { name, command, path } of manifest.installScripts) {
    if (path !== manifest.path) continue;
    const at = Math.max(0, manifest.text.indexOf(`"${name}"`));
    const hits = commandThreats(command, { atInstall: true, runs: true, at });
    const inline = inlineCode(command);
    if (inline !== undefined) {
      for (const hit of analyse(inline.code, inline.language, { atInstall: true, atImport: false, started: true }).hits)
        hits.push({ ...hit, at });
    }
    for (const hit of hits) addThreat(state, path, excerpts, hit);
    const traits = commandTraits(command);
    if (traits.has("downloads") || traits.has("sends") || traits.has("looks-up-names"))
      addCapability(state, { kind: "network", path, ...excerpts.at(at), atInstall: true });
  }
  for (const { name, url } of manifest.remote) {
    const at = Math.max(0, manifest.text.indexOf(url));
    const severity =
      /^https:\/\/(?:[\w-]+\.)*(?:github\.com|githubusercontent\.com|gitlab\.com|bitbucket\.org|pkg\.pr\.new|sheetjs\.com|npmjs\.org|yarnpkg\.com|pythonhosted\.org|pypi\.org|jsr\.io)\//i.test(
        url,
      )
        ? ("low" as const)
        : undefined;
    void name;
    addThreat(state, manifest.path, excerpts, {
      rule: "remote-dependency",
      at,
      capabilities: ["network"],
      ...(severity === undefined ? {} : { severity }),
    });
  }
}

/** Lines of a .pth file that begin with import run whenever Python starts. */
function scoreStartup(state: State, file: PackageFile): void {
  const text = file.bytes.toString("utf8", 0, Math.min(file.bytes.length, bounds.manifestBytes));
  const code = text
    .split("\n")
    .map((line) => (/^import[ \t]/.test(line) ? line : ""))
    .join("\n");
  if (code.trim() === "") return;
  const excerpts = createExcerpts(code);
  const { hits, found } = analyse(code, "python", { atInstall: true, atImport: true, started: true });
  for (const hit of hits) addThreat(state, file.path, excerpts, hit);
  const acts = found.find(({ kind }) => kind === "process" || kind === "network" || kind === "eval");
  if (acts !== undefined)
    addThreat(state, file.path, excerpts, { rule: "startup-code", at: acts.at, capabilities: [acts.kind] });
}

function addCapability({ capabilities }: State, capability: Capability): void {
  const known = capabilities.get(capability.kind) ?? [];
  if (known.length >= bounds.capabilitiesOfKind) return;
  if (known.some(({ path, line }) => path === capability.path && line === capability.line)) return;
  known.push(capability);
  capabilities.set(capability.kind, known);
}

function addThreat(
  { threats }: State,
  path: string,
  excerpts: Excerpts,
  { rule, at, severity, capabilities }: Hit,
): void {
  const known = threats.get(rule) ?? [];
  const { line, excerpt } = excerpts.at(at);
  const threat: Threat = {
    rule,
    severity: severity ?? RULES[rule].severity,
    title: RULES[rule].title,
    path,
    line,
    excerpt,
    capabilities,
  };
  const same = known.findIndex((each) => each.path === path && each.line === line);
  if (same >= 0) {
    if (ORDER.indexOf(threat.severity) < ORDER.indexOf((known[same] as Threat).severity)) known[same] = threat;
    return;
  }
  const weakest = known.findIndex((each) => ORDER.indexOf(each.severity) > ORDER.indexOf(threat.severity));
  if (known.length < bounds.threatsOfRule) known.push(threat);
  else if (weakest >= 0) known[weakest] = threat;
  threats.set(rule, known);
}

/** The files of the package that an import may mean. */
function resolve(files: ReadonlyMap<string, PackageFile>, from: string, wanted: string, what: FileKind): string[] {
  if (what === "python") {
    const module = wanted.replace(/^\.+/, "").replaceAll(".", "/");
    const folder = posix.dirname(from);
    const bases = [module, folder === "." ? module : `${folder}/${module}`, `src/${module}`];
    return bases.flatMap((base) => [`${base}.py`, `${base}/__init__.py`]).filter((path) => files.has(path));
  }
  if (!wanted.startsWith(".")) return [];
  const base = posix.normalize(posix.join(posix.dirname(from), wanted)).replace(/\/$/, "");
  if (base.startsWith("..")) return [];
  const plain = base.replace(/\.[cm]?js$/, "");
  const candidates = [
    base,
    `${base}.js`,
    `${base}.cjs`,
    `${base}.mjs`,
    `${base}.ts`,
    `${plain}.ts`,
    `${base}/index.js`,
    `${base}/index.cjs`,
    `${base}/index.mjs`,
  ];
  const found = candidates.find((path) => files.has(path));
  return found === undefined ? [] : [found];
}
