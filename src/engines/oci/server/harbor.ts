/** Harbor's harbor.yml, and the values of its chart. Who may do what stands in its database, which no file shows. */
import type { Location } from "../../../core/location.ts";
import type { RegistryServer, RegistrySetting } from "./model.ts";
import type { Settings } from "./settings.ts";

/** Of the template that it comes with. */
const DEFAULT_PASSWORD = ["Harbor", "12345"].join("");

export function isHarbor(settings: Settings): boolean {
  const isInstaller = settings.get("hostname") !== undefined && passwordOf(settings) !== undefined;
  const isChart = settings.get("externalURL") !== undefined && settings.under("expose").length > 0;
  return isInstaller || (isChart && (passwordOf(settings) !== undefined || settings.under("registry").length > 0));
}

export function harborServer(settings: Settings, location: Location): RegistryServer {
  const password = passwordOf(settings);
  return {
    product: "harbor",
    title: "Harbor",
    location,
    authentication: { method: "harbor", setting: password ?? { path: [], value: "", location } },
    anonymous: [],
    everyUser: [],
    isReadOnly: false,
    transport: transportOf(settings),
    upstreams: [],
    ...(password?.value === DEFAULT_PASSWORD ? { defaultPassword: password } : {}),
  };
}

function passwordOf(settings: Settings): RegistrySetting | undefined {
  return settings.get("harbor_admin_password") ?? settings.get("harborAdminPassword");
}

function transportOf(settings: Settings): RegistryServer["transport"] {
  const outside = settings.get("external_url") ?? settings.get("externalURL");
  const enabled = settings.get("expose", "tls", "enabled");
  const [https] = settings.under("https");
  if (https !== undefined) return { kind: "own", setting: https };
  if (enabled !== undefined && /^true$/i.test(enabled.value)) return { kind: "own", setting: enabled };
  if (/^https:/i.test(outside?.value ?? "")) return { kind: "before", setting: outside as RegistrySetting };
  const stated = enabled ?? outside ?? settings.get("http", "port");
  return { kind: "plain", ...(stated === undefined ? {} : { setting: stated }) };
}
