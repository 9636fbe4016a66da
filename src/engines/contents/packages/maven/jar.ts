import { createHash } from "node:crypto";
import { isEvidenceProblem, Problem } from "../../../../core/problem.ts";
import { bounds as formatsBounds } from "../../../../formats/bounds.ts";
import { readZipEntry, type ZipEntry, zipEntries } from "../../../../formats/zip/read.ts";
import { inMemory, type ZipRules, type ZipSource } from "../../../../formats/zip/source.ts";
import type { AnalysedFile, Analyser } from "../../analyser.ts";
import { bounds } from "../../bounds.ts";
import { recognizedLicenses } from "../../licenses/recognized.ts";
import type { FileFacts, PackageRecord } from "../../model.ts";
import { type Unread, unreadEntries } from "../unread.ts";
import { type Library, libraryOf } from "./classes.ts";
import { type Coordinates, ownCoordinates, statedCoordinates } from "./coordinates.ts";
import { bundleLicenses, isLicenseText, pomLicenses, pomOf } from "./licenses.ts";
import { readManifest } from "./manifest.ts";

/** Java archives, and those of its containers and plugins: all of them zip archives with a manifest. */
const ENDINGS = [".jar", ".war", ".ear", ".sar", ".par", ".nar", ".hpi", ".jpi", ".lpkg"] as const;

/**
 * The Maven artifacts in a jar and in the jars within it, as deep as they go: every `pom.properties` states one (a
 * shaded jar has several); a jar without its own is told by its manifest and its file name (see coordinates.ts).
 * Classes are never inflated: where the best-known libraries have none of these, the paths of their classes show that they
 * are there (classes.ts), and what shows nothing of itself is said to be unknown.
 */
export const jar: Analyser = {
  id: "jar",
  version: 5,
  evidence: "installed",
  extensions: ENDINGS,
  maxBytes: bounds.wantedFileBytes,
  wants: isArchive,
  analyse,
};

function isArchive(path: string): boolean {
  const dot = path.lastIndexOf(".");
  return dot > path.lastIndexOf("/") + 1 && (ENDINGS as readonly string[]).includes(path.slice(dot).toLowerCase());
}

/**
 * Whether no reader finds an archive in it: one that reads from the front wants a local header there, the others an end
 * record. What stands before an archive may be anything, so the first bytes alone do not tell.
 */
function isNoArchive(bytes: Buffer): boolean {
  return bytes.length < 4 || (bytes.readUInt16BE(0) !== LOCAL_START && !bytes.includes(END_START));
}

/** `PK`, and the signature of an end record. */
const LOCAL_START = 0x504b;
const END_START = Buffer.from("PK\x05\x06", "latin1");

/** What is left of the bounds, and what was found, for one jar and all within it. */
interface Search {
  archives: number;
  entries: number;
  bytes: number;
  readonly found: Map<string, PackageRecord>;
  readonly unread: Unread;
}

function analyse({ path, bytes }: AnalysedFile): FileFacts | undefined {
  if (isNoArchive(bytes)) return undefined;
  const search: Search = {
    archives: bounds.jarArchives,
    entries: bounds.jarEntries,
    bytes: bounds.jarBytes,
    found: new Map(),
    unread: unreadEntries(),
  };
  try {
    searchArchive(path.slice(path.lastIndexOf("/") + 1), bytes, 0, search);
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    const reason = `${error.place}: ${error.message}`;
    if (search.found.size === 0) return { kind: "unreadable", code: "contents.jar-broken", reason };
    search.unread.add(reason);
  }
  const unread = search.unread.sentences();
  if (search.found.size === 0 && unread.length === 0) return undefined;
  const [only, ...others] = search.found.values();
  // The file is the package where it holds no other, neither shaded nor as an archive within.
  const isAlone = only !== undefined && others.length === 0 && search.archives === bounds.jarArchives;
  if (isAlone) return { kind: "packages", packages: [{ ...only, ...hashOf(bytes) }], unread };
  return { kind: "packages", packages: [...search.found.values()], unread };
}

/** Repositories of Maven state the SHA-1 of every file beside it, and are searched by it. */
function hashOf(bytes: Buffer): Pick<PackageRecord, "hashes"> {
  return { hashes: { sha1: createHash("sha1").update(bytes).digest("hex") } };
}

const MANIFEST = "META-INF/MANIFEST.MF";
const STATED = /^META-INF\/maven\/[^/]+\/[^/]+\/pom\.properties$/;

/** What a class loader opens. */
export const jarRules: ZipRules = {
  entries: bounds.zipEntries,
  directoryBytes: formatsBounds.zipDirectoryBytes,
  entryBytes: bounds.zipEntryBytes,
  refuse: ({ place, cause }) => new Problem({ kind: "input", code: "contents.zip-broken", place, cause }),
};

/**
 * @param place - the names of the archives on the way, `shop.war!WEB-INF/lib/a.jar`
 * @throws Problem where the archive cannot be read any further; what was found before stays
 */
function searchArchive(place: string, bytes: Buffer, depth: number, search: Search): void {
  const source = inMemory(bytes);
  const stated: Coordinates[] = [];
  const within: ZipEntry[] = [];
  const folders = new Set<string>();
  const libraries = new Set<Library>();
  const poms = new Map<string, ZipEntry>();
  let text: ZipEntry | undefined;
  let manifest: ReadonlyMap<string, string> = new Map();
  let problem: unknown;
  try {
    for (const entry of zipEntries(source, jarRules)) {
      if (--search.entries < 0) {
        search.unread.add(`${place}: it and what is in it have more than ${bounds.jarEntries} entries`);
        break;
      }
      const { name } = entry;
      if (name.endsWith(".class")) {
        addFolder(folders, name);
        const library = libraryOf(name);
        if (library !== undefined) libraries.add(library);
      } else if (name === MANIFEST) manifest = readManifest(read(place, source, entry, search)?.toString("utf8") ?? "");
      else if (name.startsWith("META-INF/maven/") && STATED.test(name)) {
        const properties = read(place, source, entry, search)?.toString("utf8");
        const coordinates = properties === undefined ? undefined : statedCoordinates(properties);
        if (coordinates !== undefined) stated.push(coordinates);
      } else if (isArchive(name)) within.push(entry);
      else if (name.endsWith("/pom.xml")) {
        const artifact = pomOf(name);
        if (artifact !== undefined) poms.set(artifact, entry);
      } else if (isLicenseText(name)) text ??= entry;
    }
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    problem = error;
  }

  const own = ownCoordinates({ file: fileName(place), manifest, stated, folders });
  const archive: Archive = { source, poms, text, bundle: manifest.get("bundle-license") };
  for (const coordinates of stated) {
    add(coordinates, search, () => licensesOf(coordinates, stated.length === 1 && own === undefined, archive, search));
  }
  if (own !== undefined) {
    add(own, search, () => licensesOf(own, true, archive, search));
    // What carries its libraries in it is an application, which is known under no group.
    if (own.group === undefined && within.length === 0) {
      search.unread.add(`${place}: no group ID: advisories cannot be matched`);
    }
  }
  const named = new Set([...stated, ...(own === undefined ? [] : [own])].map(({ artifact }) => artifact));
  const unnamed = [...libraries].filter(({ artifacts }) => !artifacts.some((artifact) => named.has(artifact)));
  for (const { name } of unnamed) search.unread.add(`${place}: the classes of ${name}, of an unknown version`);
  // What carries its libraries in it is an application, as above; one of resources alone runs nothing.
  if (named.size === 0 && unnamed.length === 0 && within.length === 0 && folders.size > 0) {
    search.unread.add(`${place}: it has no name and no version: unknown package`);
  }
  searchWithin(place, source, within, depth, search);
  if (problem !== undefined) throw problem;
}

function searchWithin(
  place: string,
  source: ZipSource,
  within: readonly ZipEntry[],
  depth: number,
  search: Search,
): void {
  for (const entry of within) {
    const inner = `${place}!${entry.name}`;
    if (depth + 1 >= bounds.jarDepth) {
      search.unread.add(`${inner}: more than ${bounds.jarDepth} archives deep`);
      return;
    }
    if (--search.archives < 0) {
      search.unread.add(`${inner}: there are more than ${bounds.jarArchives} archives`);
      return;
    }
    const content = read(place, source, entry, search);
    // Some tools leave empty files in the place of libraries that are provided elsewhere.
    if (content === undefined || content.length === 0) continue;
    try {
      searchArchive(inner, content, depth + 1, search);
    } catch (error) {
      if (!isEvidenceProblem(error)) throw error;
      search.unread.add(`${inner}: ${error.place}: ${error.message}`);
    }
  }
}

/** An entry's content; where it cannot be had that is said. */
function read(place: string, source: ZipSource, entry: ZipEntry, search: Search): Buffer | undefined {
  const limit = isArchive(entry.name) ? bounds.zipEntryBytes : bounds.smallFileBytes;
  if (entry.size > limit || entry.size > search.bytes) {
    search.unread.add(`${place}!${entry.name}: ${entry.size} bytes exceed the limit`);
    return undefined;
  }
  search.bytes -= entry.size;
  try {
    return readZipEntry(source, entry, jarRules);
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    search.unread.add(`${place}!${error.place}: ${error.message}`);
    return undefined;
  }
}

function add(coordinates: Coordinates, search: Search, licenses: () => readonly string[] | Recognized): void {
  const name = nameOf(coordinates);
  const { version } = coordinates;
  const key = `${name} ${version}`;
  if (search.found.has(key)) return;
  const stated = licenses();
  const terms =
    "recognized" in stated ? { licenses: stated.recognized, licensesRecognized: true } : { licenses: stated };
  search.found.set(key, { type: "maven", name, version, ...terms });
}

function nameOf({ group, artifact }: Coordinates): string {
  return group === undefined ? artifact : `${group}:${artifact}`;
}

interface Recognized {
  readonly recognized: readonly string[];
}

/** What of one archive may say a license. */
interface Archive {
  readonly source: ZipSource;
  readonly poms: ReadonlyMap<string, ZipEntry>;
  readonly text: ZipEntry | undefined;
  readonly bundle: string | undefined;
}

/** @param isOwn - whether the manifest and the text speak of this artifact: those of a shaded jar do not of what is in it */
function licensesOf(
  coordinates: Coordinates,
  isOwn: boolean,
  { source, poms, text, bundle }: Archive,
  search: Search,
): readonly string[] | Recognized {
  const pom = readAside(source, poms.get(nameOf(coordinates)), search);
  const stated = pom === undefined ? [] : pomLicenses(pom.toString("utf8"));
  if (stated.length > 0 || !isOwn) return stated;
  const bundled = bundleLicenses(bundle);
  if (bundled.length > 0) return bundled;
  const recognized = recognizedLicenses(readAside(source, text, search) ?? Buffer.alloc(0));
  return recognized.length === 0 ? [] : { recognized };
}

/** What only says a license: where it cannot be had the license is unknown, and nothing else. */
function readAside(source: ZipSource, entry: ZipEntry | undefined, search: Search): Buffer | undefined {
  if (entry === undefined || entry.size > bounds.licenseTextBytes || entry.size > search.bytes) return undefined;
  search.bytes -= entry.size;
  try {
    return readZipEntry(source, entry, jarRules);
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    return undefined;
  }
}

/** Distinct folders that are kept of one archive: the first two names of its classes' packages. */
const MOST_FOLDERS = 1_000;

function addFolder(folders: Set<string>, name: string): void {
  const first = name.indexOf("/");
  const second = first < 0 ? -1 : name.indexOf("/", first + 1);
  if (first < 0 || folders.size >= MOST_FOLDERS) return;
  folders.add(second < 0 ? name.slice(0, first) : name.slice(0, second));
}

/** Of the innermost archive. */
function fileName(place: string): string {
  return place.slice(Math.max(place.lastIndexOf("/"), place.lastIndexOf("!")) + 1);
}
