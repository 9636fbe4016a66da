/**
 * Where containers/storage keeps images: what storage.conf says (containers-storage.conf(5)), and what a name says in
 * brackets (containers-transports(5)).
 */
import nodeFs from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { Problem } from "../../core/problem.ts";
import { systemCause } from "../../core/system-cause.ts";
import { tomlTable, tomlText, tomlTexts } from "../../formats/toml/fields.ts";
import { type TomlTable, tomlSections } from "../../formats/toml/read.ts";
import { bounds } from "./bounds.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface StoragePlace {
  /** The store, and those beside it whose images podman shows as well. */
  readonly roots: readonly string[];
  /** The storage driver, where something says which: its images come first. */
  readonly driver?: string;
  /** True: no other driver's images are meant. */
  readonly isDriverFixed?: boolean;
}

/**
 * Reads the first storage.conf that is there: the one that CONTAINERS_STORAGE_CONF names, the user's own, root's, the
 * distribution's. Of root's file only `rootless_storage_path` and the further stores count for other users.
 *
 * @throws Problem `storage.conf` (usage) for a file that cannot be read or is not TOML
 */
export async function storagePlace(
  environment: Environment = process.env,
  isRoot = process.getuid?.() === 0,
): Promise<StoragePlace> {
  const home = environment.HOME || homedir();
  const usual = isRoot
    ? "/var/lib/containers/storage"
    : join(absolute(environment.XDG_DATA_HOME) ?? join(home, ".local/share"), "containers/storage");
  const { tables, isOwn } = await readFirst(environment, home, isRoot);
  const storage = tables.get("storage");
  const options = tomlTable(storage?.get("options"));
  const path = (written: string | undefined) =>
    absolute(written?.replaceAll("$HOME", home).replaceAll("$USER", environment.USER ?? "$USER"));
  const graphRoot = isOwn ? path(tomlText(storage?.get("graphroot"))) : undefined;
  const rootless = isRoot ? undefined : path(tomlText(storage?.get("rootless_storage_path")));
  const apart = isOwn ? path(tomlText(storage?.get("imagestore"))) : undefined;
  const further = tomlTexts(options?.get("additionalimagestores")).flatMap((each) => path(each) ?? []);
  const driver = environment.STORAGE_DRIVER || (isOwn ? tomlText(storage?.get("driver")) : undefined);
  return {
    roots: [...new Set([rootless ?? graphRoot ?? usual, ...(apart === undefined ? [] : [apart]), ...further])],
    ...(driver === undefined || driver === "" ? {} : { driver }),
  };
}

async function readFirst(
  environment: Environment,
  home: string,
  isRoot: boolean,
): Promise<{ readonly tables: ReadonlyMap<string, TomlTable>; readonly isOwn: boolean }> {
  const named = environment.CONTAINERS_STORAGE_CONF;
  if (named) return { tables: await readConf(named, true), isOwn: true };
  const own = join(environment.XDG_CONFIG_HOME || join(home, ".config"), "containers/storage.conf");
  const files = [...(isRoot ? [] : [own]), "/etc/containers/storage.conf", "/usr/share/containers/storage.conf"];
  for (const file of files) {
    if ((await nodeFs.promises.stat(file).catch(() => undefined)) === undefined) continue;
    return { tables: await readConf(file, false), isOwn: isRoot || file === own };
  }
  return { tables: new Map(), isOwn: false };
}

async function readConf(file: string, isNamed: boolean): Promise<ReadonlyMap<string, TomlTable>> {
  const refused = (cause: string) =>
    new Problem({
      kind: "usage",
      code: "storage.conf",
      place: file,
      cause,
      remedy: `${isNamed ? "correct CONTAINERS_STORAGE_CONF, or " : ""}name the store: containers-storage:[DRIVER@ROOT]NAME`,
    });
  let text: string;
  try {
    const { size } = await nodeFs.promises.stat(file);
    if (size > bounds.storageConfBytes) throw refused(`more than ${bounds.storageConfBytes} bytes`);
    text = await nodeFs.promises.readFile(file, "utf8");
  } catch (error) {
    throw error instanceof Problem ? error : refused(systemCause(error));
  }
  const tables = new Map<string, TomlTable>();
  for (const { name, table } of tomlSections(text, ({ line }, cause) => refused(`line ${line}: ${cause}`))) {
    tables.set(name, new Map([...(tables.get(name) ?? []), ...table]));
  }
  return tables;
}

function absolute(path: string | undefined): string | undefined {
  return path !== undefined && isAbsolute(path) ? path : undefined;
}

export interface StorageName {
  /** What is looked for in the store: a reference, or an image's ID. */
  readonly name: string;
  readonly driver?: string;
  /** Absent: where storage.conf says. */
  readonly root?: string;
  /** Further stores that the options of the reference name. */
  readonly more?: readonly string[];
}

/**
 * `NAME`, or with its store as `[DRIVER@ROOT+RUNROOT:OPTION=VALUE,…]NAME`, of which all but ROOT may be missing. What runs
 * (RUNROOT) says nothing of images.
 *
 * @throws Problem `oci.reference` (usage)
 */
export function parseStorageName(written: string): StorageName {
  if (!written.startsWith("[")) return { name: withoutAt(written) };
  const refused = (cause: string) =>
    new Problem({
      kind: "usage",
      code: "oci.reference",
      place: `containers-storage:${written}`,
      cause,
      remedy: "write containers-storage:[DRIVER@ROOT+RUNROOT:OPTIONS]NAME; all but ROOT may be left out",
    });
  const end = written.indexOf("]");
  if (end < 0) throw refused("the bracket of its store is not closed");
  const store = written.slice(1, end);
  const [driver, place] = cutFirst(store, "@") ?? [undefined, store];
  if (driver === "") throw refused("the storage driver is empty");
  const [withRun, options] = cutFirst(place, ":") ?? [place, ""];
  const [root] = cutFirst(withRun, "+") ?? [withRun];
  if (root === "") throw refused("the directory of its store is empty");
  const more = options.split(",").flatMap((option) => {
    const [key, value] = cutFirst(option, "=") ?? ["", ""];
    return /(?:^|\.)(?:additional)?imagestore$/.test(key) && isAbsolute(value) ? [value] : [];
  });
  return { name: withoutAt(written.slice(end + 1)), root, more, ...(driver === undefined ? {} : { driver }) };
}

/** `@ID` is how an image without a name is written. */
function withoutAt(name: string): string {
  return name.startsWith("@") ? name.slice(1) : name;
}

function cutFirst(text: string, separator: string): [string, string] | undefined {
  const at = text.indexOf(separator);
  return at < 0 ? undefined : [text.slice(0, at), text.slice(at + 1)];
}
