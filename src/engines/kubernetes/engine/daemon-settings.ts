/** What dockerd was told: daemon.json, and its command line (dockerd(8)). What stands in neither has the engine's default. */
import { parseJson } from "../../../core/parse-json.ts";
import { isObject } from "../../../core/untyped.ts";
import { bounds } from "../bounds.ts";
import { isOwnMachine } from "./info.ts";
import type { EngineConfiguration, EngineListener } from "./model.ts";

export interface DaemonSettings {
  readonly listeners: readonly EngineListener[];
  readonly configuration: EngineConfiguration;
}

/**
 * @param file - the text of daemon.json; undefined where there is none
 * @param words - of the command line, without the program
 * @throws SyntaxError where the file is no JSON, or no object
 */
export function readDaemonSettings(file: string | undefined, words: readonly string[]): DaemonSettings {
  const stated: unknown = file === undefined || file.trim() === "" ? {} : parseJson(file);
  if (!isObject(stated)) throw new SyntaxError("expected an object");
  const flags = flagsOf(words.slice(0, bounds.engineEntries));
  const isOn = (name: string, unstated: boolean): boolean => {
    const flag = flags.get(name)?.at(-1);
    const value = flag === undefined ? stated[name] : flag === "" || flag === "true" || flag === "1";
    return typeof value === "boolean" ? value : unstated;
  };
  const verifiesClients = isOn("tlsverify", false);
  const hosts = Array.isArray(stated.hosts) ? stated.hosts.filter((host) => typeof host === "string") : [];
  const listeners = [
    ...hosts.slice(0, bounds.engineEntries).map((host) => listenerOf(host, verifiesClients, "daemon.json")),
    ...[...(flags.get("host") ?? []), ...(flags.get("H") ?? [])].map((host) =>
      listenerOf(host, verifiesClients, "the daemon's command line"),
    ),
  ];
  const trust = stated["content-trust"];
  const mode = isObject(trust) ? trust.mode : undefined;
  return {
    listeners,
    configuration: {
      interContainer: isOn("icc", true),
      userlandProxy: isOn("userland-proxy", true),
      ...(mode === undefined ? {} : { contentTrust: { enforced: mode === "enforced", from: "daemon.json" } }),
    },
  };
}

/** `tcp://0.0.0.0:2375`, `unix:///var/run/docker.sock`, `fd://`; without a scheme it is TCP. */
export function listenerOf(address: string, verifiesClients: boolean, from: string): EngineListener {
  const [, scheme = "tcp", rest = ""] =
    /^(?:([a-z]+):\/\/)?(.*)$/s.exec(address.slice(0, bounds.assetNameLength)) ?? [];
  // Without an address it is localhost.
  const isLoopback = rest === "" || rest.startsWith(":") || isOwnMachine(rest);
  return { address, isTcp: scheme === "tcp" || scheme === "http", isLoopback, verifiesClients, from };
}

/** Flags that take the next word where they have no equals sign; all others of these are true or false. */
const VALUED: ReadonlySet<string> = new Set(["host", "H", "config-file"]);

/** By name without dashes, each with its values: empty where it stands alone. */
export function flagsOf(words: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const flags = new Map<string, string[]>();
  const add = (name: string, value: string) => {
    const known = flags.get(name);
    if (known === undefined) flags.set(name, [value]);
    else known.push(value);
  };
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    if (!word.startsWith("-")) continue;
    if (word.startsWith("-H") && word.length > 2) {
      add("H", word.slice(word[2] === "=" ? 3 : 2));
      continue;
    }
    const plain = word.startsWith("--") ? word.slice(2) : word.slice(1);
    const equals = plain.indexOf("=");
    const name = equals < 0 ? plain : plain.slice(0, equals);
    if (equals >= 0) add(name, plain.slice(equals + 1));
    else if (VALUED.has(name)) add(name, words[++at] ?? "");
    else add(name, "");
  }
  return flags;
}
