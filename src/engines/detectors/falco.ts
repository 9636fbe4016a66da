/** Falco's own configuration (falco.yaml of 0.35 to 0.44) and flags, as far as they decide whether anything is found. */
import { append } from "../../core/append.ts";
import { isObject, valueAt } from "../../core/untyped.ts";
import { yamlValue } from "../../formats/yaml/one-value.ts";
import { bounds } from "./bounds.ts";

export interface FalcoAnswer {
  readonly answer: "yes" | "no" | "unknown";
  readonly reason: string;
}

type Configuration = Readonly<Record<string, unknown>>;

/**
 * @param configuration - undefined where it was not read: the image's own then holds
 * @param files - files of rules that were read, by their names without a folder
 */
export function falcoAnswers(
  words: readonly string[],
  configuration: Configuration | undefined,
  files: ReadonlyMap<string, string> = new Map(),
): { readonly rules: FalcoAnswer; readonly losses: FalcoAnswer } {
  const flags = flagsOf(words);
  return { rules: rulesAnswer(flags, configuration, files), losses: lossesAnswer(flags, configuration) };
}

interface Flags {
  /** `-o`: `engine.kind` → `nodriver`. */
  readonly options: ReadonlyMap<string, string>;
  /** `-r`, `--enable-source`, …, each with its values; those without one with none. */
  values(name: string): readonly string[];
  has(...names: readonly string[]): boolean;
}

const WITH_VALUE = new Set(["-o", "--option", "-r", "--disable-source", "--enable-source", "-c"]);

function flagsOf(words: readonly string[]): Flags {
  const found = new Map<string, string[]>();
  let waiting: string[] | undefined;
  for (const word of words) {
    if (waiting !== undefined) {
      waiting.push(word);
      waiting = undefined;
      continue;
    }
    const [name = "", inline] = /^(--[a-z-]+)=(.*)$/s.exec(word)?.slice(1) ?? [word];
    if (!name.startsWith("-")) continue;
    const values = found.get(name) ?? [];
    found.set(name, values);
    if (inline !== undefined) values.push(inline);
    else if (WITH_VALUE.has(name)) waiting = values;
  }
  const values = (name: string) => found.get(name) ?? [];
  const options = new Map(
    [...values("-o"), ...values("--option")].map((each) => {
      const equals = each.indexOf("=");
      return equals < 0 ? ([each, ""] as const) : ([each.slice(0, equals), each.slice(equals + 1)] as const);
    }),
  );
  return { options, values, has: (...names) => names.some((name) => found.has(name)) };
}

function rulesAnswer(
  flags: Flags,
  configuration: Configuration | undefined,
  files: ReadonlyMap<string, string>,
): FalcoAnswer {
  const no = (reason: string): FalcoAnswer => ({ answer: "no", reason });
  if (flags.has("--dry-run", "-V", "--validate", "-L", "--list"))
    return no("is started to check its rules, not to watch");
  if (flags.has("--nodriver") || option(flags, configuration, "engine.kind") === "nodriver") {
    return no("has no driver (engine.kind: nodriver), so that it sees no system call");
  }
  if (flags.values("--disable-source").includes("syscall")) return no("has the source syscall disabled");
  const enabled = flags.values("--enable-source");
  if (enabled.length > 0 && !enabled.includes("syscall"))
    return no(`has the source ${enabled.join(", ")} enabled alone`);
  if (configuration === undefined) {
    return flags.has("-r")
      ? { answer: "unknown", reason: "whether an output is enabled its falco.yaml says, which was not read" }
      : { answer: "unknown", reason: "its falco.yaml was not read" };
  }
  const stated = configuration.rules_files ?? configuration.rules_file;
  const named = [stated].flat().filter((each) => typeof each === "string");
  if (named.length === 0 && stated !== undefined && !flags.has("-r"))
    return no("loads no rules (rules_files is empty)");
  if (disablesAll(configuration.rules)) return no("disables every rule (rules: disable)");
  const written = flags.values("-r").length > 0 ? flags.values("-r") : named;
  const loaded = loadedRules(written, files);
  if (loaded.isWhole && loaded.priorities.length === 0)
    return no(`has no enabled rule in ${written.join(", ").slice(0, 200)}`);
  const least = (option(flags, configuration, "priority") ?? "debug").toLowerCase();
  if (least === "emergency" || least === "alert") {
    const passes = least === "alert" ? ["alert", "emergency"] : ["emergency"];
    const isReached = loaded.priorities.some((priority) => passes.includes(priority));
    if (!isReached && loaded.isOwnBeside) return no(`alerts from priority ${least} on, which none of its rules has`);
    if (!isReached)
      return { answer: "unknown", reason: `alerts from priority ${least} on, and not all of its rules were read` };
  }
  if (!hasOutput(flags, configuration)) return no("has no output enabled, so that nobody sees an alert");
  return { answer: "yes", reason: named.length === 0 ? "loads rules" : `loads ${named.join(", ").slice(0, 200)}` };
}

interface LoadedRules {
  /** Of enabled rules that were read, in lower case; of one that changes another its own. */
  readonly priorities: readonly string[];
  /** Every file was read. */
  readonly isWhole: boolean;
  /** Those that were not read are Falco's own, of which none is above critical (falcosecurity/rules). */
  readonly isOwnBeside: boolean;
}

/** A folder may hold anything. */
function loadedRules(written: readonly string[], files: ReadonlyMap<string, string>): LoadedRules {
  const priorities: string[] = [];
  let [isWhole, isOwnBeside] = [written.length > 0, true];
  for (const path of written) {
    const name = path.split("/").at(-1) ?? "";
    const text = files.get(name);
    const rules = text === undefined || text.length > bounds.configurationText ? undefined : yamlValue(text);
    if (text !== undefined && (Array.isArray(rules) || text.trim() === "" || rules === null)) {
      const enabled = Array.isArray(rules)
        ? rules.filter((each) => isObject(each) && "rule" in each && each.enabled !== false)
        : [];
      append(
        priorities,
        enabled.map((each) => String(valueAt(each, ["priority"]) ?? "").toLowerCase()),
      );
      continue;
    }
    isWhole = false;
    if (!/^falco(?:-incubating|-sandbox|-deprecated)?_rules\.yaml$/.test(name)) isOwnBeside = false;
  }
  return { priorities, isWhole, isOwnBeside };
}

/** `rules: [{ disable: { rule: "*" } }]` without anything that enables some again after it. */
function disablesAll(rules: unknown): boolean {
  if (!Array.isArray(rules)) return false;
  const last = rules.findLastIndex((each) => valueAt(each, ["disable", "rule"]) === "*");
  return last >= 0 && !rules.slice(last + 1).some((each) => isObject(each) && "enable" in each);
}

const OUTPUTS = ["stdout_output", "syslog_output", "file_output", "http_output", "program_output", "grpc_output"];
/** Of the image's own falco.yaml: these are enabled where nothing is said of them. */
const BY_DEFAULT = new Set(["stdout_output", "syslog_output"]);

function hasOutput(flags: Flags, configuration: Configuration): boolean {
  return OUTPUTS.some((name) => {
    const enabled = option(flags, configuration, `${name}.enabled`);
    return enabled === "true" || (enabled === undefined && BY_DEFAULT.has(name) && configuration[name] === undefined);
  });
}

function lossesAnswer(flags: Flags, configuration: Configuration | undefined): FalcoAnswer {
  const stated = valueAt(configuration, ["syscall_event_drops", "actions"]);
  const given = [...flags.options].filter(([name]) => /^syscall_event_drops\.actions\[\d+\]$/.test(name));
  const actions = given.length > 0 ? given.map(([, action]) => action) : Array.isArray(stated) ? stated : undefined;
  if (actions === undefined) {
    return configuration === undefined
      ? { answer: "unknown", reason: "its falco.yaml was not read" }
      : { answer: "yes", reason: "logs and alerts dropped events, as it does where nothing else is said" };
  }
  const told = actions.filter((action) => action === "alert" || action === "log" || action === "exit");
  return told.length === 0
    ? { answer: "no", reason: "ignores dropped events (syscall_event_drops.actions)" }
    : { answer: "yes", reason: `dropped events: ${told.join(", ")}` };
}

/** As text: a flag goes before the file. */
function option(flags: Flags, configuration: Configuration | undefined, name: string): string | undefined {
  const flag = flags.options.get(name);
  if (flag !== undefined) return flag;
  const value = valueAt(configuration, name.split("."));
  return typeof value === "string" || typeof value === "boolean" ? String(value) : undefined;
}
