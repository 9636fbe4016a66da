/** zot's configuration (zotregistry.dev, "Configuring zot", "User authentication and authorization", "Mirroring"). */
import type { Location } from "../../../core/location.ts";
import type { Allowed, RegistryServer, RegistrySetting, ServerAction, Upstream } from "./model.ts";
import type { Settings } from "./settings.ts";

const METHODS = ["htpasswd", "ldap", "bearer", "openid", "apikey", "mtls", "secretsFile"];

/** zot's words for what one may do. */
const ACTIONS: Readonly<Record<string, ServerAction>> = {
  read: "pull",
  create: "push",
  update: "overwrite",
  delete: "delete",
};

/** What zot's images start with, where nothing else is given. */
export function defaultZot(location: Location): RegistrySetting[] {
  const at = (path: string, value: string) => ({ path: path.split("."), value, location });
  return [
    at("distSpecVersion", "1.1.1"),
    at("storage.rootDirectory", "/var/lib/registry"),
    at("http.address", "0.0.0.0"),
    at("http.port", "5000"),
  ];
}

export function isZot(settings: Settings): boolean {
  return settings.get("distSpecVersion") !== undefined && settings.under("storage").length > 0;
}

export function zotServer(settings: Settings, location: Location): RegistryServer {
  const authentication = authenticationOf(settings);
  const access = settings.under("http", "accessControl");
  const all: ServerAction[] = ["pull", "push", "overwrite", "delete"];
  const everyone: Allowed[] = all.map((action) => ({ action }));
  const anonymous =
    access.length > 0 ? allowedBy(access, "anonymousPolicy") : authentication === undefined ? everyone : [];
  const everyUser = access.length > 0 ? allowedBy(access, "defaultPolicy") : everyone;
  const deletion = [...anonymous, ...everyUser].find(({ action }) => action === "delete");
  return {
    product: "zot",
    title: "zot",
    location,
    ...(authentication === undefined ? {} : { authentication }),
    anonymous,
    everyUser: authentication === undefined ? [] : everyUser,
    isReadOnly: false,
    transport: transportOf(settings),
    ...(deletion?.setting === undefined ? {} : { deletion: deletion.setting }),
    movesTags: [...anonymous, ...everyUser].some(({ action }) => action === "overwrite"),
    upstreams: upstreamsOf(settings),
  };
}

function authenticationOf(settings: Settings): RegistryServer["authentication"] {
  for (const method of METHODS) {
    const [setting] = settings.under("http", "auth", method);
    if (setting !== undefined) return { method, setting };
  }
  const authority = settings.get("http", "tls", "cacert");
  return authority === undefined || authority.value === "" ? undefined : { method: "mtls", setting: authority };
}

/** Of `http.accessControl.repositories.PATTERN.defaultPolicy[]`. */
function allowedBy(access: readonly RegistrySetting[], list: string): Allowed[] {
  return access.flatMap((setting): Allowed[] => {
    const { path, value } = setting;
    if (path.length !== 6 || path[4]?.toLowerCase() !== list.toLowerCase()) return [];
    const action = ACTIONS[value];
    return action === undefined ? [] : [{ action, repositories: path[3] ?? "**", setting }];
  });
}

function transportOf(settings: Settings): RegistryServer["transport"] {
  const tls = settings.get("http", "tls", "cert");
  if (tls !== undefined && tls.value !== "") return { kind: "own", setting: tls };
  const outside = settings.get("http", "externalUrl");
  if (/^https:/i.test(outside?.value ?? "")) return { kind: "before", setting: outside as RegistrySetting };
  const address = settings.get("http", "address");
  const isLocal = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/.test(address?.value ?? "");
  return { kind: isLocal ? "local" : "plain", ...(address === undefined ? {} : { setting: address }) };
}

function upstreamsOf(settings: Settings): Upstream[] {
  if (/^false$/i.test(settings.get("extensions", "sync", "enable")?.value ?? "")) return [];
  const hasCredentials = (settings.get("extensions", "sync", "credentialsFile")?.value ?? "") !== "";
  return settings.under("extensions", "sync", "registries").flatMap((setting): Upstream[] => {
    const { path, value } = setting;
    if (path.length !== 6 || path[4]?.toLowerCase() !== "urls" || value === "") return [];
    const of = (name: string) => settings.get("extensions", "sync", "registries", path[3] ?? "", name)?.value ?? "";
    return [
      {
        url: value,
        kind: "sync",
        verifiesSignatures: /^true$/i.test(of("onlySigned")),
        verifiesTls: !/^false$/i.test(of("tlsVerify")) && !/^http:/i.test(value),
        hasCredentials,
        setting,
      },
    ];
  });
}
