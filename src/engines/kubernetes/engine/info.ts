/** What an engine says of itself (Docker Engine API, `GET /info`; podman serves the same). */
import { isObject, type Untyped } from "../../../core/untyped.ts";
import { bounds } from "../bounds.ts";
import type { EngineInfo, EngineName, InsecureRegistry } from "./model.ts";

/** Undefined where the answer is no description of an engine. */
export function readEngineInfo(engine: EngineName, info: unknown): EngineInfo | undefined {
  if (!isObject(info) || !Array.isArray(info.SecurityOptions) || typeof info.Name !== "string") return undefined;
  const options = info.SecurityOptions.slice(0, bounds.engineEntries).map(optionOf);
  const has = (name: string) => options.some((option) => option.get("name") === name);
  const seccomp = options.find((option) => option.get("name") === "seccomp");
  const profile = seccomp === undefined ? undefined : (seccomp.get("profile") ?? "default");
  const version = typeof info.ServerVersion === "string" ? info.ServerVersion.slice(0, VERSION_LENGTH) : undefined;
  return {
    engine,
    host: info.Name.slice(0, bounds.assetNameLength) || "unnamed host",
    ...(version === undefined ? {} : { version }),
    rootless: has("rootless") || info.Rootless === true,
    remapsUsers: has("userns"),
    ...(profile === undefined ? {} : { seccompProfile: profile }),
    noNewPrivileges: has("no-new-privileges"),
    liveRestore: info.LiveRestoreEnabled === true,
    swarm: isObject(info.Swarm) && info.Swarm.LocalNodeState === "active",
  };
}

const VERSION_LENGTH = 100;

/** `name=seccomp,profile=builtin`. */
function optionOf(option: unknown): ReadonlyMap<string, string> {
  const pairs = typeof option === "string" ? option.slice(0, bounds.assetNameLength).split(",") : [];
  return new Map(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      return at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

/** Undefined where the answer does not say. The engine counts its own machine among them, which is no network. */
export function insecureInInfo(info: unknown): readonly InsecureRegistry[] | undefined {
  const registries = isObject(info) ? info.RegistryConfig : undefined;
  if (!isObject(registries) || !isObject(registries.IndexConfigs)) return undefined;
  const { InsecureRegistryCIDRs: networks, IndexConfigs: indexes } = registries;
  const named = Object.entries(indexes)
    .slice(0, bounds.engineEntries)
    .filter(([, index]) => isObject(index) && index.Secure === false)
    .map(([name]) => name);
  return [...(Array.isArray(networks) ? networks.slice(0, bounds.engineEntries).map(String) : []), ...named]
    .filter((name) => !isOwnMachine(name))
    .map((name) => ({ name, from: "the engine" }));
}

/** `127.0.0.0/8`, `::1/128`, `localhost:5000`: what never leaves the machine. */
export function isOwnMachine(address: string): boolean {
  return /^(?:127\.[0-9.]+(?:[:/]|$)|(?:\[::1\]|::1)(?:[:/]|$)|localhost(?:[:/]|$))/i.test(address);
}

/** Of `GET /networks/bridge`: whether its containers reach each other. Undefined where it does not say. */
export function interContainerIn(network: unknown): boolean | undefined {
  const options: Untyped = isObject(network) && isObject(network.Options) ? network.Options : {};
  const stated = options["com.docker.network.bridge.enable_icc"];
  return stated === undefined ? undefined : stated !== "false";
}
