/** Threats in code: what calls are handed, and which calls stand together. */
import type { CapabilityKind } from "../model.ts";
import { type Call, isNetwork } from "./code/calls.ts";
import type { Flow } from "./code/flow.ts";
import { type CallKind, meaningOf } from "./code/meanings.ts";
import type { Language, Token } from "./code/token.ts";
import { commandThreats } from "./command-threats.ts";
import { commandTraits, LOOK_UP_TOOL } from "./commands.ts";
import { ANY_ADDRESS, countOf, has, IDENTITY, Mark, type Marks, SECRETS } from "./marks.ts";
import type { Circumstances, Hit, RuleId } from "./rules.ts";

export interface KnownCall extends Call {
  readonly kind: CallKind;
  /** Offset in the source. */
  readonly at: number;
}

export interface CodeFacts {
  readonly language: Language;
  readonly tokens: readonly Token[];
  readonly flow: Flow;
  readonly calls: readonly KnownCall[];
  readonly circumstances: Circumstances;
}

/** Calls that mean something, each with its kind. */
export function knownCalls(flow: Flow, tokens: readonly Token[], language: Language): KnownCall[] {
  const known: KnownCall[] = [];
  for (const call of flow.calls) {
    const kind = kindOf(call, language);
    if (kind === "none" || kind === "opaque") continue;
    known.push({ ...call, kind, at: (tokens[call.token] as Token).at });
  }
  return known;
}

function kindOf(call: Call, language: Language): CallKind {
  const { path, last, marks, object, texts } = call;
  const kind = path === undefined ? "none" : meaningOf(path, language).kind;
  if (kind !== "none") return kind;
  // [].constructor.constructor("…")(), (function () {}).constructor("…")
  if (last === "constructor" && (texts.length > 0 || has(marks, Mark.decoded | Mark.downloaded))) return "eval";
  if (has(object, Mark.written) && /^(?:write|write_text|write_bytes|writelines|end)$/.test(last)) return "write";
  if (isNetwork(call, language)) return "network";
  if (/^(?:write_text|write_bytes)$/.test(last)) return "write";
  if (language === "python" && path === "open" && texts.some((text) => /^[rbt+]*[wax][rbt+]*$/.test(text)))
    return "write";
  if (path !== undefined && IMPORTS.test(path) && has(marks, language === "python" ? Mark.embedded : Mark.decoded))
    return "eval";
  if (last === "login" && has(object, Mark.connection)) return "network";
  if (last === "decrypt" && has(object | marks, Mark.decrypted)) return "decrypt";
  return "none";
}

/** What imports a module by its name. */
const IMPORTS = /^(?:require|import|__import__|importlib\.import_module|module\.require|process\.mainModule\.require)$/;

export function codeThreats(facts: CodeFacts): Hit[] {
  const hits: Hit[] = [];
  for (const call of facts.calls) {
    switch (call.kind) {
      case "eval":
        if (!isBlurred(call, facts)) evaluated(call, hits);
        break;
      case "spawn":
        spawned(call, facts, hits);
        break;
      case "network":
        if (!isBlurred(call, facts)) sent(call, facts, hits);
        break;
      case "write":
        written(call, facts, hits);
        break;
      case "remove":
        removed(call, facts, hits);
        break;
      default:
    }
  }
  return hits;
}

const LARGE = 20_000;
const MANY_MARKS = 5;

/** In a bundle, what is said to hold everything was run together: names of one letter, methods of many classes. */
function isBlurred({ marks, object }: Call, { tokens }: CodeFacts): boolean {
  return tokens.length > LARGE && countOf((marks | object) & ~Mark.module, -1) >= MANY_MARKS;
}

function hit(rule: RuleId, call: KnownCall, capabilities: readonly CapabilityKind[], severity?: Hit["severity"]): Hit {
  return { rule, at: call.at, capabilities, ...(severity === undefined ? {} : { severity }) };
}

export function isLive(call: Call, { atInstall, atImport, started }: Circumstances): boolean {
  return started === true || (call.runs && (atInstall || atImport));
}

function evaluated(call: KnownCall, hits: Hit[]): void {
  if (call.path !== undefined && IMPORTS.test(call.path)) {
    hits.push(hit("hidden-call", call, ["obfuscated", "process"]));
    return;
  }
  // JSON before JSON.parse: eval("(" + text + ")").
  const isJson = call.texts[0] === "(" && call.texts.length <= 2;
  if (has(call.marks, Mark.downloaded) && !isJson) hits.push(hit("remote-code", call, ["network", "eval"]));
  else if (isJson) return;
  else if (has(call.marks, Mark.decrypted) || has(call.marks, Mark.embedded))
    hits.push(hit("encoded-exec", call, ["eval", "obfuscated"]));
  // Of what a caller hands over: a loader does so.
  else if (has(call.marks, Mark.decoded)) hits.push(hit("encoded-exec", call, ["eval", "obfuscated"], "medium"));
}

const SHELL_SWITCH = /^(?:-c|-e|\/c|\/C|-Command|-command|-EncodedCommand|-enc|--eval|-p)$/;

function spawned(call: KnownCall, { circumstances, language }: CodeFacts, hits: Hit[]): void {
  const [first = 0, second = 0] = call.args;
  const isShell = call.texts.some((text) => SHELL_SWITCH.test(text));
  const command = call.texts.length === 0 || isShell ? first | second : 0;
  if (has(command, Mark.downloaded)) hits.push(hit("remote-code", call, ["network", "process"]));
  else if (has(first, Mark.embedded) || (isShell && has(second, Mark.embedded)))
    hits.push(hit("encoded-exec", call, ["process", "obfuscated"]));
  if (call.texts.length > 0) {
    const inOrder = call.texts.join(" ");
    for (const each of commandThreats(inOrder, {
      atInstall: circumstances.atInstall,
      runs: isLive(call, circumstances),
      at: call.at,
    }))
      hits.push(each);
    const traits = commandTraits(inOrder);
    const goesOut =
      traits.has("sends") || traits.has("downloads") || traits.has("looks-up-names") || LOOK_UP_TOOL.test(inOrder);
    if (goesOut) {
      // What is handed on as its environment is no argument.
      const isOneText = language === "python" || /^(?:exec|execSync|system|popen)$/.test(call.last);
      const given = (isOneText ? first : first | second) & ~ANY_ADDRESS;
      const isLookUp = LOOK_UP_TOOL.test(inOrder) && !traits.has("downloads");
      if (has(given, SECRETS))
        hits.push(hit(isLookUp ? "dns-exfiltration" : "exfiltration", call, ["environment", "process", "network"]));
      else if (has(given, IDENTITY | Mark.commandOutput) && (isLookUp || has(call.marks, ANY_ADDRESS)))
        hits.push(hit(isLookUp ? "dns-exfiltration" : "identity-beacon", call, ["environment", "process", "network"]));
    }
  }
}

/** Who holds a secret may be asked with it. */
const OWNERS: readonly [mark: Marks, host: RegExp][] = [
  [
    Mark.credentials,
    /(?:googleapis|amazonaws|azure|windows|npmjs|pypi|docker|github|gitlab|hashicorp|cloudflare|heroku|vercel|netlify)\./i,
  ],
];

function sent(call: KnownCall, { circumstances, language }: CodeFacts, hits: Hit[]): void {
  const all = call.marks | call.object;
  const given = call.marks & ~Mark.module;
  const addressed = has(all, ANY_ADDRESS);
  const isLookUp = call.path !== undefined && /^(?:dns\b|socket\.get(?:hostbyname|addrinfo))/.test(call.path);
  // Clients are made with keys: only what this call is handed counts of them.
  const secrets =
    ((isLookUp ? given : all) & SECRETS & ~Mark.keyMaterial) |
    (call.path !== undefined && meaningOf(call.path, language).kind === "network" ? given & Mark.keyMaterial : 0);
  const live = isLive(call, circumstances);
  if (secrets !== 0 && addressed) {
    const owned = OWNERS.some(([mark, host]) => has(secrets, mark) && call.texts.some((text) => host.test(text)));
    const spied = has(secrets, Mark.spied);
    const isOther = has(secrets, Mark.environment | Mark.credentials | Mark.profile | Mark.spied);
    hits.push(
      hit(
        spied ? "spying" : isLookUp ? "dns-exfiltration" : "exfiltration",
        call,
        ["environment", "network"],
        owned ? "low" : isOther ? undefined : "high",
      ),
    );
    return;
  }
  const identity = countOf(given | (call.object & (IDENTITY | Mark.commandOutput)), IDENTITY | Mark.commandOutput);
  if (identity > 0 && addressed) {
    if (isLookUp) hits.push(hit("dns-exfiltration", call, ["environment", "network"]));
    else if (
      has(all, Mark.dropAddress | Mark.bareAddress) ||
      (identity >= 2 && live) ||
      (live && circumstances.atInstall)
    )
      hits.push(hit("identity-beacon", call, ["environment", "network"]));
    else if (identity >= 3) hits.push(hit("identity-beacon", call, ["environment", "network"], "medium"));
  }
  // An account that everybody who has the package can send mail by.
  const isMail =
    (call.last === "createTransport" || call.last === "login") &&
    call.texts.length >= 2 &&
    call.texts.some((text) => /^[\w.+-]+@[\w-]+\.\w/.test(text));
  if (isMail) hits.push(hit("collector-address", call, ["network"]));
  if (has(all, Mark.collector)) hits.push(hit("collector-address", call, ["network"]));
  else if (has(given, Mark.bareAddress)) hits.push(hit("bare-address", call, ["network"]));
  else if (has(all, Mark.dropAddress) && live && circumstances.atInstall)
    hits.push(hit("collector-address", call, ["network"], "medium"));
  const [first = 0] = call.args;
  const isNamed = call.path !== undefined && meaningOf(call.path, language).kind === "network";
  // The address itself came out of an encoding, which a constant shows.
  if (isNamed && has(first, Mark.embedded) && has(first, ANY_ADDRESS))
    hits.push(hit("hidden-address", call, ["network", "obfuscated"]));
}

function written(call: KnownCall, { circumstances }: CodeFacts, hits: Hit[]): void {
  const target = (call.args[0] ?? 0) | call.object;
  const live = isLive(call, circumstances);
  if (has(target, Mark.autostart)) hits.push(hit("persistence", call, ["files"], live ? undefined : "medium"));
  if (has(target, Mark.registrySettings) && !has(target, Mark.autostart))
    hits.push(hit("registry-tampering", call, ["files"], live ? undefined : "low"));
}

function removed(call: KnownCall, { circumstances }: CodeFacts, hits: Hit[]): void {
  // One file is no loss; a whole directory is.
  if (
    !/^(?:rm|rmSync|rmtree|rimraf|sync|remove|removeSync|del|emptyDirSync)$/.test(call.last) &&
    !/^(?:rimraf|del)$/.test(call.path ?? "")
  )
    return;
  if (call.path === "os.remove") return;
  const target = call.args[0] ?? 0;
  const parts = call.texts.filter((text) => text !== "" && !/^(?:utf-?8|true|force|recursive)$/.test(text));
  const isHome = has(target, Mark.surroundings) && parts.every((text) => /^(?:~|\/|\*|\*\*|HOME)$/.test(text));
  const isRoot = parts.length === 1 && /^(?:\/|C:\\|~|\/home|\/etc|\/usr)\/?$/.test(parts[0] as string);
  if (isHome || isRoot)
    hits.push(hit("destruction", call, ["files"], isLive(call, circumstances) ? undefined : "medium"));
}
