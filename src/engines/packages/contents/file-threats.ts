/** Threats that several calls and texts of one file make together. */
import { type CodeFacts, isLive, type KnownCall } from "./code-threats.ts";
import { ANY_ADDRESS, has, Mark } from "./marks.ts";
import type { Hit } from "./rules.ts";

export function fileThreats(facts: CodeFacts): Hit[] {
  const hits: Hit[] = [];
  reverseShell(facts, hits);
  downloadRun(facts, hits);
  dropped(facts, hits);
  hijack(facts, hits);
  spreading(facts, hits);
  shellcode(facts, hits);
  hiddenCalls(facts, hits);
  return hits;
}

const SHELLS =
  /^(?:\/(?:usr\/)?bin\/(?:env )?)?(?:ba|z|da|k)?sh$|^(?:cmd|powershell|pwsh)(?:\.exe)?$|^\/bin\/(?:ba)?sh\b/i;

function reverseShell({ calls, flow, language }: CodeFacts, hits: Hit[]): void {
  const shell = calls.find(({ kind, texts }) => kind === "spawn" && texts.some((text) => SHELLS.test(text)));
  if (shell === undefined) return;
  const socket = calls.some(
    ({ kind, path, last }) =>
      kind === "network" && (path === undefined || /^(?:net|tls|socket)\b/.test(path) || last === "connect"),
  );
  if (!socket) return;
  const joined =
    language === "python"
      ? flow.calls.some(({ path }) => path === "os.dup2") ||
        calls.some(({ kind, object, marks }) => kind === "network" && has(marks & ~object, Mark.commandOutput))
      : flow.calls.some(
          ({ last, marks, object }) =>
            last === "pipe" && has(marks | object, Mark.connection) && has(marks | object, Mark.commandOutput),
        );
  if (joined) hits.push({ rule: "reverse-shell", at: shell.at, capabilities: ["network", "process"] });
}

/** A file is fetched from a fixed address, written, and a program is started that is no constant, or the same file. */
function downloadRun({ calls, flow, circumstances, tokens }: CodeFacts, hits: Hit[]): void {
  const download = calls.find(
    ({ kind, marks, path }) =>
      (kind === "write" && has(marks, Mark.downloaded)) ||
      (kind === "network" && has(marks, ANY_ADDRESS) && /(?:urlretrieve|wget\.download|^download\b)/.test(path ?? "")),
  );
  const piped = flow.calls.find(
    ({ last, object, marks }) => last === "pipe" && has(object, Mark.downloaded) && has(marks, Mark.written),
  );
  const place = download?.at ?? (piped === undefined ? undefined : tokens[piped.token]?.at);
  if (place === undefined) return;
  const source = (download?.marks ?? 0) | (download?.object ?? 0) | (piped?.object ?? 0);
  const dubious = has(source, Mark.dropAddress | Mark.bareAddress | Mark.decoded);
  const written = writtenNames(calls);
  const start = calls.find((call) => call.kind === "spawn" && startsFile(call, written));
  if (start === undefined) return;
  const hidden = isHidden(calls, tokens);
  const program = tokens.some(
    ({ kind, text }) =>
      kind === "string" &&
      text.length < 200 &&
      /\.(?:exe|dll|scr|bat|ps1|vbs|msi|pyw|elf)$|^(?:\/tmp\/|\/dev\/shm\/)\S*[^/.]$/i.test(text) &&
      !/^(?:cmd|powershell|node|python|npm)\.exe$/i.test(text),
  );
  const live = isLive(start, circumstances);
  if (dubious || hidden || (program && live)) {
    hits.push({
      rule: circumstances.atInstall ? "install-download" : "download-run",
      at: place,
      capabilities: ["network", "process", "files"],
      ...(dubious || live ? {} : { severity: "medium" as const }),
    });
  } else
    hits.push({
      rule: "download-run",
      at: place,
      capabilities: ["network", "process", "files"],
      severity: live ? "medium" : "low",
    });
}

/** Names of files that this code writes, as far as they are constants. */
function writtenNames(calls: readonly KnownCall[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { kind, texts, path } of calls) {
    if (kind !== "write" && !/(?:urlretrieve|wget\.download|^download\b)/.test(path ?? "")) continue;
    for (const text of texts)
      if (text.length > 3 && text.length < 200 && /[./\\]/.test(text) && !text.includes("://") && names.size < 50)
        names.add(text);
  }
  return names;
}

const TOOLS = /^(?:tar|unzip|git|node|npm|make|cmake|chmod|which|where|ldd|uname|sw_vers|getconf|python3?|pip3?)\b/;

function startsFile({ texts, args }: KnownCall, written: ReadonlySet<string>): boolean {
  if (texts.some((text) => [...written].some((name) => text.includes(name)))) return true;
  const [first] = texts;
  return first === undefined
    ? args.length > 0
    : !TOOLS.test(first) && args.some((arg) => has(arg, Mark.temporary | Mark.written));
}

const HIDES = /^(?:windowsHide|detached|CREATE_NO_WINDOW|SW_HIDE|DETACHED_PROCESS|wShowWindow|STARTF_USESHOWWINDOW)$/;

function isHidden(calls: readonly KnownCall[], tokens: CodeFacts["tokens"]): boolean {
  if (
    calls.some(
      ({ kind, texts }) =>
        kind === "spawn" && texts.some((text) => /-w(?:indowstyle)?\s+hidden|-nop\b|\/dev\/null/i.test(text)),
    )
  )
    return true;
  return tokens.some(
    ({ kind, text }) => kind === "name" && HIDES.test(text) && text !== "windowsHide" && text !== "detached",
  );
}

/** Bytes out of a text are written and a program is started that is no tool: an embedded program. */
function dropped({ calls, circumstances }: CodeFacts, hits: Hit[]): void {
  const write = calls.find(
    ({ kind, marks, object }) => kind === "write" && has(marks, Mark.embedded) && !has(object, Mark.decoded),
  );
  if (write === undefined) return;
  const start = calls.find((call) => call.kind === "spawn" && startsFile(call, writtenNames(calls)));
  if (start === undefined) return;
  const live = isLive(start, circumstances);
  hits.push({
    rule: "dropper",
    at: write.at,
    capabilities: ["files", "process", "obfuscated"],
    ...(live || has(write.marks, Mark.temporary) ? {} : { severity: "medium" as const }),
  });
}

const WALLET =
  /^(?:0x[0-9a-fA-F]{40}|(?:bc1|ltc1)[a-z0-9]{25,62}|[13][a-km-zA-HJ-NP-Z1-9]{25,34}|T[1-9A-HJ-NP-Za-km-z]{33}|4[0-9AB][1-9A-HJ-NP-Za-km-z]{93}|L[a-km-zA-HJ-NP-Z1-9]{26,33}|bitcoincash:[qp][a-z0-9]{41}|[1-9A-HJ-NP-Za-km-z]{43,44})$/;
const WALLET_PATTERN =
  /\[13\]|bc1|0x\[|\[a-fA-F0-9\]\{40\}|\[0-9a-fA-F\]\{40\}|\{25,3\d\}|T\[A-Za-z1-9\]\{33\}|T\[1-9A-HJ|\{41,62\}/;
const HOOKS =
  /(?:^|\.)(?:fetch|XMLHttpRequest\.prototype\.(?:open|send)|ethereum\.(?:request|send|sendAsync)|solana\.\w+|prototype\.signTransaction|WebSocket)$/;

function hijack({ calls, flow, tokens }: CodeFacts, hits: Hit[]): void {
  let wallets = 0;
  let patterns = false;
  let at = 0;
  for (const token of tokens) {
    if (token.kind === "string") {
      if (token.text.length < 110 && token.text.length >= 26 && WALLET.test(token.text) && mixed(token.text)) {
        wallets += 1;
        at ||= token.at;
      } else if (token.text.length < 400 && token.text.includes("{") && WALLET_PATTERN.test(token.text))
        patterns = true;
    } else if (token.kind === "list") {
      for (const value of token.values ?? [])
        if (typeof value === "string" && value.length >= 26 && value.length < 110 && WALLET.test(value) && mixed(value))
          wallets += 1;
      if (wallets > 0) at ||= token.at;
    } else if (token.kind === "regex" && token.text.length < 400 && WALLET_PATTERN.test(token.text)) patterns = true;
  }
  if (wallets === 0) return;
  const hooked =
    flow.assignments.some(({ path }) => HOOKS.test(path)) ||
    flow.calls.some(
      ({ path, texts }) =>
        path === "Object.defineProperty" &&
        texts.some((text) => /^(?:fetch|ethereum|request|XMLHttpRequest)$/.test(text)),
    );
  if (hooked && (wallets >= 2 || patterns)) hits.push({ rule: "wallet-hijack", at, capabilities: ["network"] });
  const takes =
    calls.some(({ marks, object }) => has(marks | object, Mark.clipboard)) ||
    flow.calls.some(({ path }) =>
      /(?:paste|readText|GetClipboardData|clipboardy\.(?:read|readSync)|pbpaste)/.test(path ?? ""),
    );
  const puts = flow.calls.some(
    ({ path, texts }) =>
      /(?:pyperclip\.copy|writeText|SetClipboardData|clipboardy\.(?:write|writeSync))/.test(path ?? "") ||
      texts.some((text) => /\b(?:pbcopy|xclip|clip\.exe)\b/.test(text)),
  );
  if (takes && puts) hits.push({ rule: "clipboard-hijack", at, capabilities: ["process"] });
}

/** Base58 has upper and lower case and digits; words and hashes do not have all. */
function mixed(text: string): boolean {
  return (
    text.startsWith("0x") ||
    text.startsWith("bc1") ||
    text.startsWith("ltc1") ||
    (/[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text))
  );
}

/** Each is harmless alone: a tool for releases has one or two of them. */
const SPREADING: readonly RegExp[] = [
  /\b(?:npm|pnpm|yarn)\s+publish\b|^publish$|\btwine\s+upload\b/,
  /\/-\/whoami\b|\/-\/v1\/search\?text=maintainer|registry\.npmjs\.org\/-\/npm\/v1\/tokens|maintainer:/,
  /_authToken|\.npmrc$|NPM_TOKEN/,
  /\btrufflehog\b|\bgitleaks\b/i,
  /\.github[/\\]workflows/,
  /169\.254\.169\.254|metadata\.google\.internal|169\.254\.170\.2/,
  /^(?:preinstall|postinstall)$|"(?:preinstall|postinstall)"\s*:/,
  /api\.github\.com\/user\/repos|^\/user\/repos$|createForAuthenticatedUser|actions\/runners\/registration-token/,
  /toJSON\(secrets\)|toJson\(secrets\)/,
];

/** What each of them has, so that most texts are looked at once. */
const SPREADING_WORDS =
  /publish|upload|whoami|maintainer|tokens|_authToken|npmrc|NPM_TOKEN|truffle|gitleaks|workflows|169\.254|metadata|install|repos|Authenticated|registration|to[Jj][Ss][Oo][Nn]/i;

function spreading({ tokens, calls }: CodeFacts, hits: Hit[]): void {
  const found = new Set<number>();
  let at = -1;
  for (const { kind, text, at: place } of tokens) {
    if (kind !== "string" && !(kind === "name" && text === "createForAuthenticatedUser")) continue;
    if (text.length < 7 || text.length > 50_000) continue;
    const part = text.length > 4_000 ? text.slice(0, 4_000) : text;
    if (!SPREADING_WORDS.test(part)) continue;
    SPREADING.forEach((pattern, index) => {
      if (found.has(index) || !pattern.test(part)) return;
      found.add(index);
      if (at < 0) at = place;
    });
  }
  if (found.size < 3) return;
  const acts = calls.some(({ kind }) => kind === "network") || calls.some(({ kind }) => kind === "spawn");
  const writes = calls.some(({ kind }) => kind === "write") || calls.some(({ kind }) => kind === "spawn");
  // Publishing and putting a script into what is published, or looking for secrets and planting a workflow.
  const publishes = found.has(0) && found.has(6);
  const plants =
    (found.has(4) && (found.has(3) || found.has(8))) ||
    (found.has(3) && found.has(5)) ||
    (found.has(7) && found.has(3));
  if (acts && writes && (publishes || plants))
    hits.push({ rule: "self-spreading", at, capabilities: ["network", "process", "files"] });
}

const MEMORY =
  /^(?:VirtualAlloc(?:Ex)?|RtlMoveMemory|CreateThread|CreateRemoteThread|WriteProcessMemory|NtCreateThreadEx|QueueUserAPC)$/;

function shellcode({ tokens }: CodeFacts, hits: Hit[]): void {
  const names = new Set<string>();
  let at = -1;
  for (const { kind, text, at: place } of tokens) {
    if ((kind !== "name" && kind !== "string") || text.length > 24 || text.length < 11 || !MEMORY.test(text)) continue;
    names.add(text);
    if (at < 0) at = place;
  }
  const allocates = [...names].some((name) => name.startsWith("VirtualAlloc"));
  const starts = [...names].some((name) => /Thread|APC/.test(name));
  const moves = names.has("RtlMoveMemory") || names.has("WriteProcessMemory");
  if (allocates && starts && moves) hits.push({ rule: "shellcode", at, capabilities: ["native", "process"] });
}

const DANGEROUS_MODULES =
  /^(?:child_process|os|subprocess|https?|net|dns|socket|vm|requests|urllib(?:\.request)?|axios|base64|marshal|ctypes|builtins|request|node-fetch)$/;
const DANGEROUS_NAMES =
  /^(?:eval|exec|execSync|spawn|spawnSync|system|popen|Popen|Function|constructor|__import__|compile|execFile)$/;

function hiddenCalls({ tokens, language }: CodeFacts, hits: Hit[]): void {
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    if (token === undefined || (token.built !== true && token.decoded === undefined)) continue;
    const isModule = token.kind === "module" && DANGEROUS_MODULES.test(token.text);
    const isName = token.kind === "name" && DANGEROUS_NAMES.test(token.text);
    if (!isModule && !isName) continue;
    void language;
    hits.push({ rule: "hidden-call", at: token.at, capabilities: ["obfuscated", "process"] });
    return;
  }
}
