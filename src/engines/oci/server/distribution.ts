/** distribution, the CNCF registry (docs "Configuring a registry"): its file, and the environment that goes before it. */
import type { Location } from "../../../core/location.ts";
import type { RegistryServer, RegistrySetting, Upstream } from "./model.ts";
import type { Settings } from "./settings.ts";

/** What the images of distribution 2 and 3 start with, where nothing else is given. */
export function defaultDistribution(location: Location): RegistrySetting[] {
  const at = (path: string, value: string) => ({ path: path.split("."), value, location });
  return [at("version", "0.1"), at("storage.filesystem.rootdirectory", "/var/lib/registry"), at("http.addr", ":5000")];
}

const PREFIX = "REGISTRY_";

/**
 * A variable replaces the setting whose path is its name in upper case, joined by underscores. One that replaces a section takes
 * away what stood below.
 *
 * @param variables - the last of a name counts
 */
export function withEnvironment(
  settings: readonly RegistrySetting[],
  variables: readonly { readonly name: string; readonly value: string; readonly location: Location }[],
): RegistrySetting[] {
  let all = [...settings];
  for (const { name, value, location } of variables) {
    if (!name.startsWith(PREFIX) || name === "REGISTRY_CONFIGURATION_PATH") continue;
    const path = name.slice(PREFIX.length).toLowerCase().split("_");
    const isBelow = (one: RegistrySetting) => path.every((part, index) => one.path[index]?.toLowerCase() === part);
    all = [...all.filter((one) => !isBelow(one)), { path, value, location }];
  }
  return all;
}

export function isDistribution(settings: Settings): boolean {
  return /^0\.\d+$/.test(settings.get("version")?.value ?? "") && settings.under("storage").length > 0;
}

export function distributionServer(settings: Settings, location: Location): RegistryServer {
  const authentication = authenticationOf(settings);
  const upstream = upstreamOf(settings);
  const readOnly = settings.get("storage", "maintenance", "readonly", "enabled");
  const deletion = settings.get("storage", "delete", "enabled");
  const isReadOnly = isTrue(readOnly) || upstream !== undefined;
  const isOpen = authentication === undefined || authentication.method === "silly";
  return {
    product: "distribution",
    title: "distribution",
    location,
    ...(authentication === undefined ? {} : { authentication }),
    anonymous: isOpen
      ? [
          { action: "pull" as const },
          ...(isReadOnly ? [] : [{ action: "push" as const }, { action: "overwrite" as const }]),
        ]
      : [],
    // The token service says who may do what; a file of passwords does not.
    everyUser:
      authentication?.method === "htpasswd" && !isReadOnly
        ? [
            { action: "push", setting: authentication.setting },
            { action: "overwrite", setting: authentication.setting },
          ]
        : [],
    isReadOnly,
    transport: transportOf(settings),
    ...(isTrue(deletion) && !isReadOnly ? { deletion: deletion as RegistrySetting } : {}),
    movesTags: !isReadOnly,
    upstreams: upstream === undefined ? [] : [upstream],
  };
}

/** The map has one entry, whose name is the method; a variable may state it as a text. */
function authenticationOf(settings: Settings): RegistryServer["authentication"] {
  for (const setting of settings.under("auth")) {
    const method = setting.path[1] ?? setting.value;
    if (method !== "" && method !== "none") return { method: method.toLowerCase(), setting };
  }
  return undefined;
}

function upstreamOf(settings: Settings): Upstream | undefined {
  const setting = settings.get("proxy", "remoteurl");
  if (setting === undefined || setting.value === "") return undefined;
  const user = settings.get("proxy", "username") ?? settings.get("proxy", "exec", "command");
  return {
    url: setting.value,
    kind: "proxy",
    verifiesSignatures: false,
    verifiesTls: !/^http:/i.test(setting.value),
    hasCredentials: user !== undefined && user.value !== "",
    setting,
  };
}

function transportOf(settings: Settings): RegistryServer["transport"] {
  const tls = settings
    .under("http", "tls")
    .find(({ path, value }) => value !== "" && /^(?:certificate|letsencrypt|key)$/i.test(path[2] ?? ""));
  if (tls !== undefined) return { kind: "own", setting: tls };
  const host = settings.get("http", "host");
  if (/^https:/i.test(host?.value ?? "")) return { kind: "before", setting: host as RegistrySetting };
  const address = settings.get("http", "addr");
  const stated = address === undefined ? {} : { setting: address };
  const isLocal =
    settings.get("http", "net")?.value === "unix" ||
    /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\]):/.test(address?.value ?? "");
  return { kind: isLocal ? "local" : "plain", ...stated };
}

function isTrue(setting: RegistrySetting | undefined): boolean {
  return /^(?:true|yes|on|1)$/i.test(setting?.value ?? "");
}
