/**
 * Settings by which container runtimes ask the guard in the place of the registries that its namespaces stand for. Where a
 * runtime can be told to, it asks nobody else: a mirror that is only tried first would be passed by with its first refusal.
 */
import { parseJson } from "../../../core/parse-json.ts";
import type { UpstreamRule } from "../../../engines/oci/distribution/upstream-model.ts";

export const mirroredRuntimes = ["containerd", "podman", "docker"] as const;

/** `podman` is CRI-O, buildah and skopeo as well: they read one file. */
export type MirroredRuntime = (typeof mirroredRuntimes)[number];

export interface MirrorSettings {
  readonly upstreams: Readonly<Record<string, UpstreamRule>>;
  /** Of the guard as nodes reach it: scheme, host and port. */
  readonly guard: URL;
  /** Path on the nodes of the authority that signs the guard's certificate. */
  readonly caFile?: string;
  readonly runtimes: readonly MirroredRuntime[];
}

export interface MirrorFiles {
  /** By their path on a node, without the leading slash. */
  readonly files: readonly { readonly name: string; readonly text: string }[];
  /** Of docker's daemon.json, whose other keys stay; absent: nothing is to be set there. */
  readonly daemon?: DaemonSettings;
  /** What is not as safe as it looks, or could not be said. */
  readonly notes: readonly string[];
}

export interface DaemonSettings {
  readonly "registry-mirrors": readonly string[];
  readonly "insecure-registries"?: readonly string[];
}

export const MADE_BY = "# Made by bulkhead registry mirror-config.";

export const DAEMON_FILE = "etc/docker/daemon.json";

const HUB = "docker.io";

export function mirrorFiles(settings: MirrorSettings): MirrorFiles {
  const { upstreams, runtimes } = settings;
  // Of two namespaces for one registry the first counts, as it does for `?ns=`.
  const first = new Map<string, readonly [string, UpstreamRule]>();
  const notes: string[] = [];
  for (const [namespace, rule] of Object.entries(upstreams)) {
    const other = first.get(rule.registry);
    if (other === undefined) first.set(rule.registry, [namespace, rule]);
    else notes.push(`${rule.registry} is mirrored by ${other[0]}; ${namespace} is reached by its own name alone`);
  }
  const entries = [...first.values()];
  const has = (runtime: MirroredRuntime) => runtimes.includes(runtime);
  const made = [
    ...(has("containerd") ? entries.map(([namespace, rule]) => containerd(namespace, rule, settings)) : []),
    ...(has("podman") && entries.length > 0 ? [podman(entries, settings)] : []),
  ];
  const docker = has("docker") ? dockerDaemon(entries, settings) : {};
  return {
    files: made.flatMap((one) => (typeof one === "string" ? [] : [one])),
    notes: [
      ...notes,
      ...made.flatMap((one) => (typeof one === "string" ? [one] : [])),
      ...(docker.note === undefined ? [] : [docker.note]),
    ],
    ...(docker.daemon === undefined ? {} : { daemon: docker.daemon }),
  };
}

/** containerd's docs/hosts.md: with `server` alone nothing else is asked; the path is taken as it is. */
function containerd(namespace: string, { registry }: UpstreamRule, { guard, caFile }: MirrorSettings) {
  if (registry.includes("/")) {
    return `containerd cannot mirror a folder of a registry: ${registry} is reached as ${guard.host}/${namespace}`;
  }
  const lines = [
    MADE_BY,
    `# ${registry} is asked for at the guard alone.`,
    `server = ${quoted(`${guard.origin}/v2/${namespace}`)}`,
    'capabilities = ["pull", "resolve"]',
    "override_path = true",
    ...(caFile === undefined ? [] : [`ca = ${quoted(caFile)}`]),
  ];
  return { name: `etc/containerd/certs.d/${registry}/hosts.toml`, text: `${lines.join("\n")}\n` };
}

/** containers-registries.conf(5): a location in the place of another is the only one that is asked. */
function podman(entries: readonly (readonly [string, UpstreamRule])[], { guard }: MirrorSettings) {
  const tables = entries.map(([namespace, { registry }]) =>
    [
      "[[registry]]",
      `prefix = ${quoted(registry)}`,
      `location = ${quoted(`${guard.host}/${namespace}`)}`,
      ...(guard.protocol === "http:" ? ["insecure = true"] : []),
    ].join("\n"),
  );
  const head = [MADE_BY, "# What these prefixes begin with is asked for at the guard alone."].join("\n");
  return { name: "etc/containers/registries.conf.d/50-bulkhead.conf", text: `${[head, ...tables].join("\n\n")}\n` };
}

/** dockerd mirrors Docker Hub alone, by a host name alone, and asks Docker Hub itself where a mirror refuses. */
function dockerDaemon(entries: readonly (readonly [string, UpstreamRule])[], { guard }: MirrorSettings) {
  const hub = entries.find(([, { registry }]) => registry === HUB);
  if (hub === undefined) return {};
  const [namespace, { hosts }] = hub;
  const [host] = hosts;
  if (host === undefined) {
    return {
      note: `docker mirrors ${HUB} by a host name: name one of the guard in registry.upstreams.${namespace}.hosts`,
    };
  }
  const isPlain = guard.protocol === "http:";
  const daemon: DaemonSettings = {
    "registry-mirrors": [`${guard.protocol}//${host}`],
    ...(isPlain ? { "insecure-registries": [host] } : {}),
  };
  const note = `dockerd asks ${HUB} itself where the guard refuses: keep nodes from reaching it, or name images ${guard.host}/${namespace}/…`;
  return { daemon, note };
}

/** A basic string of TOML. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

/** daemon.json with these settings and all else that it had; undefined where it is no JSON object. */
export function daemonText(before: string, { ...set }: DaemonSettings): string | undefined {
  let known: unknown;
  try {
    known = before.trim() === "" ? {} : parseJson(before);
  } catch {
    return undefined;
  }
  if (typeof known !== "object" || known === null || Array.isArray(known)) return undefined;
  return `${JSON.stringify({ ...known, ...set }, undefined, 2)}\n`;
}
