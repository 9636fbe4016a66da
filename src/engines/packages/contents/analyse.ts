/** One text of code: its tokens, folded; its calls; what is decoded in it, looked at again. */
import type { CapabilityKind } from "../model.ts";
import { bounds } from "./bounds.ts";
import { guessed, isText, utf8 } from "./code/decode.ts";
import { flowOf } from "./code/flow.ts";
import { fold } from "./code/fold.ts";
import { tokeniseJavascript } from "./code/javascript.ts";
import { tokenisePython } from "./code/python.ts";
import type { Language, Token } from "./code/token.ts";
import { type CodeFacts, codeThreats, type KnownCall, knownCalls } from "./code-threats.ts";
import { commandThreats } from "./command-threats.ts";
import { commandTraits, inlineCode } from "./commands.ts";
import { fileThreats } from "./file-threats.ts";
import { has, Mark } from "./marks.ts";
import type { Circumstances, Hit } from "./rules.ts";

/** One capability at an offset. */
export interface Found {
  readonly kind: CapabilityKind;
  readonly at: number;
  readonly runs: boolean;
}

export interface Analysis {
  readonly hits: readonly Hit[];
  readonly found: readonly Found[];
  /** Modules that it imports, as it names them. */
  readonly imports: readonly string[];
  /** More than the bound on its length or tokens is not looked at. */
  readonly cut: boolean;
}

export function analyse(source: string, language: Language, circumstances: Circumstances, depth = 0): Analysis {
  const { tokens: raw, cut } = language === "python" ? tokenisePython(source) : tokeniseJavascript(source);
  const { tokens } = fold(raw, language);
  const flow = flowOf(tokens, language);
  const calls = knownCalls(flow, tokens, language);
  const facts: CodeFacts = { language, tokens, flow, calls, circumstances };
  const hits = [...codeThreats(facts), ...fileThreats(facts)];
  for (const each of layers(facts, depth)) hits.push(each);
  return { hits, found: capabilities(facts), imports: importsOf(tokens, language), cut };
}

/** Texts that are code themselves: decoded, or handed to what runs them. */
function layers({ tokens, calls, language, circumstances }: CodeFacts, depth: number): Hit[] {
  if (depth >= bounds.layerDepth) return [];
  const hits: Hit[] = [];
  let count = 0;
  const seen = new Set<string>();
  const evaluates = calls.find(({ kind, args }) => kind === "eval" && args.length > 0);
  const spawns = calls.find(({ kind }) => kind === "spawn");
  const look = (text: string, at: number, encoding: string | undefined): void => {
    if (count >= bounds.layers || text.length > bounds.layerLength) return;
    // A constant stands wherever its name does.
    if (seen.has(text)) return;
    seen.add(text);
    const kind = kindOfText(text);
    if (kind === undefined) return;
    count += 1;
    const inner =
      kind === "command"
        ? commandThreats(text, { atInstall: circumstances.atInstall, runs: false, at: 0 })
        : analyse(text, kind, circumstances, depth + 1);
    const innerHits = Array.isArray(inner) ? inner : inner.hits;
    for (const each of innerHits) hits.push({ ...each, at });
    if (encoding === undefined) return;
    const runner = evaluates ?? (kind === "command" ? spawns : undefined);
    const dangerous = Array.isArray(inner)
      ? inner.length > 0
      : inner.found.some(({ kind: what }) => what === "process" || what === "eval" || what === "network");
    if (runner !== undefined && dangerous)
      hits.push({ rule: "encoded-exec", at, capabilities: ["eval", "obfuscated"] });
  };
  for (const token of tokens) {
    if (token.kind !== "string" || token.text.length < 12) continue;
    if (token.decoded !== undefined && isText(token.text))
      look(token.bytes ? utf8(token.text) : token.text, token.at, token.decoded);
    else {
      const found = guessed(token.text);
      if (found !== undefined) look(utf8(found.text), token.at, found.encoding);
    }
  }
  for (const call of calls) {
    if (call.kind !== "eval" && call.kind !== "spawn" && call.kind !== "write") continue;
    for (const text of call.texts) {
      const inline = call.kind === "spawn" ? inlineCode(text) : undefined;
      if (inline !== undefined) look(inline.code, call.at, undefined);
      else if (call.kind === "eval" || (text.length > 40 && codeWords(text) >= 2)) look(text, call.at, undefined);
    }
  }
  void language;
  return hits;
}

const SCRIPT_WORDS =
  /\brequire[ \t]{0,8}\(|\bfetch[ \t]{0,8}\(|\beval[ \t]{0,8}\(|child_process|\bprocess\.|=>|\bfunction\b|\bconst\s+\w|\bvar\s+\w|XMLHttpRequest|\bnew Function\b|\bglobal\b/g;
const PYTHON_WORDS =
  /^[ \t]{0,40}(?:import|from)\s[ \t]{0,8}[\w.]|;[ \t]{0,8}(?:import|from)\s[ \t]{0,8}\w|\bexec[ \t]{0,8}\(|__import__|\bos\.(?:system|environ|popen)|\bsubprocess\b|\bdef[ \t]{1,8}\w{1,80}[ \t]{0,8}\(|\burllib|\brequests\.|\bprint[ \t]{0,8}\(|\bsocket\b/gm;

function codeWords(text: string): number {
  const part = text.slice(0, 20_000);
  return Math.max(part.match(SCRIPT_WORDS)?.length ?? 0, part.match(PYTHON_WORDS)?.length ?? 0);
}

function kindOfText(text: string): Language | "command" | undefined {
  const part = text.slice(0, 20_000);
  const script = part.match(SCRIPT_WORDS)?.length ?? 0;
  const python = part.match(PYTHON_WORDS)?.length ?? 0;
  if (script === 0 && python === 0) {
    if (guessed(text) !== undefined) return "javascript";
    return commandTraits(text).size > 0 ? "command" : undefined;
  }
  return python > script || (python === script && /^[ \t]{0,40}(?:import|from)\s/m.test(part))
    ? "python"
    : "javascript";
}

const KINDS: Readonly<Partial<Record<KnownCall["kind"], CapabilityKind>>> = {
  network: "network",
  spawn: "process",
  eval: "eval",
  "load-native": "native",
};

function capabilities({ calls, tokens, flow, language }: CodeFacts): Found[] {
  const found: Found[] = [];
  for (const call of calls) {
    const kind = KINDS[call.kind];
    if (kind !== undefined) found.push({ kind, at: call.at, runs: call.runs });
    const all = call.marks | call.object;
    if (
      (call.kind === "read" || call.kind === "write") &&
      has(all, Mark.credentials | Mark.profile | Mark.autostart | Mark.surroundings)
    )
      found.push({ kind: "files", at: call.at, runs: call.runs });
    if (call.kind !== "network" && has(call.marks, Mark.environment))
      found.push({ kind: "environment", at: call.at, runs: call.runs });
  }
  // The whole environment, handed to anything.
  for (const call of flow.calls) {
    if (!has(call.marks, Mark.environment)) continue;
    const token = tokens[call.token];
    if (token !== undefined) found.push({ kind: "environment", at: token.at, runs: call.runs });
    break;
  }
  void language;
  return found;
}

const COMMAND_FILE = /\.(?:sh|bat|cmd|ps1|py|vbs)\b/;
const COMMAND_FILES = /(?:^|[\s"'/\\])([\w-][\w.-]{0,80}\.(?:sh|bat|cmd|ps1|py|vbs))\b/g;

function importsOf(tokens: readonly Token[], language: Language): string[] {
  const imports: string[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index] as Token;
    if (token.kind === "module") imports.push(token.text);
    else if (language === "javascript") {
      const before = tokens[index - 1];
      if (token.kind === "string" && before?.kind === "name" && (before.text === "from" || before.text === "import"))
        imports.push(token.text);
      else if (token.kind === "string" && token.text.length < 400 && COMMAND_FILE.test(token.text)) {
        for (const [, name] of token.text.matchAll(COMMAND_FILES)) imports.push(`./${name}`);
      }
      // A file that is started: fork("./worker.js").
      else if (token.kind === "string" && /^\.{0,2}\/?[\w./-]{1,120}\.[cm]?js$/.test(token.text))
        imports.push(token.text.startsWith(".") ? token.text : `./${token.text}`);
    } else if (token.kind === "name" && (token.text === "import" || token.text === "from")) {
      let name = "";
      for (let at = index + 1; at < tokens.length && at < index + 20; at++) {
        const part = tokens[at] as Token;
        if (part.kind === "name" && part.text !== "import" && part.text !== "as") name += part.text;
        else if (part.kind === "punct" && part.text === ".") name += ".";
        else if (part.kind === "punct" && part.text === ",") {
          imports.push(name);
          name = "";
        } else break;
      }
      if (name !== "") imports.push(name);
    }
    if (imports.length > 2_000) break;
  }
  return imports;
}
