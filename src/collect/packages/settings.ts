/**
 * Which registries the user's own settings name, and with which credentials: of the home directory and the environment, never
 * of a tree under review. Whoever wrote that tree could have a token sent to a host of theirs.
 */
import { homedir } from "node:os";
import { join } from "node:path";
import { Problem } from "../../core/problem.ts";
import { trimEndOf } from "../../core/trim.ts";
import type { PackageType } from "../../engines/contents/model.ts";
import { decoded } from "../../engines/packages/registry/fields.ts";
import { tomlTable, tomlText } from "../../formats/toml/fields.ts";
import { type TomlTable, tomlSections } from "../../formats/toml/read.ts";
import { readBoundedText } from "../tree/text-file.ts";
import { bounds } from "./bounds.ts";
import { type Authorization, npmSettingsOf } from "./npmrc.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface RegistrySettings {
  /** URL by ecosystem; absent: the public one. A user and password in it are taken out. */
  readonly bases: Readonly<Partial<Record<PackageType, string>>>;
  /** npm's scopes: `@acme` → URL. */
  readonly scopes: Readonly<Record<string, string>>;
  readonly authorizations: readonly Authorization[];
  /** Ecosystems whose registry is switched off (`GOPROXY=off`, `direct`). */
  readonly off: readonly PackageType[];
  /** Patterns of Go modules that no proxy is asked for (`GOPRIVATE`, `GONOPROXY`). */
  readonly privateModules: readonly string[];
}

export interface SettingsPlaces {
  /** Default: the user's. */
  readonly home?: string;
  /** Default: process.env. */
  readonly environment?: Environment;
}

export function readRegistrySettings({
  home = homedir(),
  environment = process.env,
}: SettingsPlaces = {}): RegistrySettings {
  const at = (...path: string[]) => readBoundedText(join(...path), bounds.settingsBytes);
  const config = configFolder(home, environment);
  const npm = npmSettingsOf(texts(at(environment.NPM_CONFIG_USERCONFIG ?? join(home, ".npmrc"))), environment);
  const index =
    environment.UV_DEFAULT_INDEX ??
    environment.UV_INDEX_URL ??
    environment.PIP_INDEX_URL ??
    pipIndex(texts(pipConfig(environment, at), at(config, "pip", "pip.conf"), at(home, ".pip", "pip.conf")));
  const crates = cargoIndex(texts(at(environment.CARGO_HOME ?? join(home, ".cargo"), "config.toml")));
  const go = goSettings(environment, texts(at(config, "go", "env")));
  const named = Object.entries({ npm: npm.registry, pypi: index, cargo: crates, golang: go.proxy }).flatMap(
    ([type, text]) => {
      const read = text === undefined ? undefined : baseOf(text);
      return read === undefined ? [] : [[type, read] as const];
    },
  );
  return {
    bases: Object.fromEntries(named.map(([type, { url }]) => [type, url])),
    scopes: Object.fromEntries(
      Object.entries(npm.scopes).flatMap(([scope, text]) => {
        const read = baseOf(text);
        return read === undefined ? [] : [[scope, read.url]];
      }),
    ),
    authorizations: [...npm.authorizations, ...named.flatMap(([, { authorization }]) => authorization ?? [])],
    off: go.off ? ["golang"] : [],
    privateModules: go.privateModules,
  };
}

function texts(...all: readonly (string | undefined)[]): string[] {
  return all.filter((text) => text !== undefined);
}

function configFolder(home: string, environment: Environment): string {
  const stated = environment.XDG_CONFIG_HOME;
  return stated?.startsWith("/") === true ? stated : join(home, ".config");
}

/** A registry's URL, ending in a slash, and what its user and password become; undefined where it is none. */
export function baseOf(text: string): { readonly url: string; readonly authorization?: Authorization } | undefined {
  const url = URL.parse(text.startsWith("sparse+") ? text.slice("sparse+".length) : text);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) return undefined;
  const { username, password } = url;
  url.username = "";
  url.password = "";
  url.search = "";
  url.hash = "";
  url.pathname = `${trimEndOf(url.pathname, "/")}/`;
  if (username === "") return { url: url.href };
  const secret = `${decoded(username)}:${decoded(password)}`;
  const header = `Basic ${Buffer.from(secret).toString("base64")}`;
  return { url: url.href, authorization: { place: `//${url.host}${url.pathname}`, header } };
}

/**
 * What may be said to a URL: the credentials of the place that it is below, the longest first. Over plain HTTP only where the user
 * named the very registry so.
 *
 * @param base - the registry that the user's settings name
 */
export function authorizationFor(url: URL, base: string, { authorizations }: RegistrySettings): string | undefined {
  if (url.protocol !== "https:" && url.origin !== URL.parse(base)?.origin) return undefined;
  const at = `//${url.host}${url.pathname}`;
  const fitting = authorizations.filter(({ place }) => at.startsWith(place) || `${at}/` === place);
  return fitting.sort((a, b) => b.place.length - a.place.length)[0]?.header;
}

function pipConfig(environment: Environment, at: (...path: string[]) => string | undefined): string | undefined {
  const named = environment.PIP_CONFIG_FILE;
  return named === undefined || named === "" ? undefined : at(named);
}

/** `index-url` of `[global]` (pip.pypa.io, "Configuration"). */
function pipIndex(all: readonly string[]): string | undefined {
  for (const text of all) {
    let section = "";
    for (const line of text.split("\n")) {
      const plain = line.trim();
      if (plain.startsWith("[")) section = plain;
      const [key = "", ...rest] = plain.split(/[=:]/);
      if (section === "[global]" && key.trim() === "index-url") return plain.slice(key.length + 1).trim();
      if (rest.length === 0) continue;
    }
  }
  return undefined;
}

/** The registry in the place of crates.io: `[source.crates-io] replace-with` (doc.rust-lang.org/cargo, "Source Replacement"). */
function cargoIndex([text]: readonly string[]): string | undefined {
  if (text === undefined) return undefined;
  const sources = new Map<string, TomlTable>();
  try {
    for (const { name, table } of tomlSections(text, refused)) {
      if (name !== "source") continue;
      for (const [key, value] of table) {
        const source = tomlTable(value);
        if (source !== undefined) sources.set(key, source);
      }
    }
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
  const other = tomlText(sources.get("crates-io")?.get("replace-with"));
  const registry = tomlText(other === undefined ? undefined : sources.get(other)?.get("registry"));
  // An index in a git repository is not asked over HTTP.
  return registry?.startsWith("sparse+") === true ? registry : undefined;
}

function refused(): Problem {
  return new Problem({ kind: "usage", code: "packages.settings", place: "config.toml", cause: "invalid TOML" });
}

interface GoSettings {
  readonly proxy?: string;
  readonly off: boolean;
  readonly privateModules: readonly string[];
}

/** The first entry of GOPROXY (go.dev/ref/mod, "Environment variables"); `go env -w` writes them into a file. */
function goSettings(environment: Environment, [text = ""]: readonly string[]): GoSettings {
  const written = new Map(
    text.split("\n").flatMap((line): [string, string][] => {
      const equals = line.indexOf("=");
      return equals <= 0 ? [] : [[line.slice(0, equals).trim(), line.slice(equals + 1).trim()]];
    }),
  );
  const stated = (name: string) => environment[name] || written.get(name) || undefined;
  const [first] = (stated("GOPROXY") ?? "").split(/[,|]/);
  const modules = [stated("GOPRIVATE"), stated("GONOPROXY")].flatMap((list) => list?.split(",") ?? []);
  const off = first === "off" || first === "direct";
  return {
    ...(first === undefined || first === "" || off ? {} : { proxy: first }),
    off,
    privateModules: modules.map((pattern) => pattern.trim()).filter((pattern) => pattern !== ""),
  };
}
