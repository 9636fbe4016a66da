import { isMap, type YamlMap, type YamlValue, yamlDocuments } from "../../../../formats/yaml/texts.ts";
import type { FileFacts, PackageOrigin, PackageRecord } from "../../model.ts";
import { hexHash } from "../hashes.ts";
import { type LockedPackages, lockedPackages } from "../locked.ts";
import { brokenAt, brokenLockfile, lockfile } from "../lockfile.ts";
import { gitOrigin, originOf } from "../origin.ts";

/**
 * Podfile.lock of CocoaPods (CocoaPods/Core, `lockfile.rb`): PODS are `Name (1.0)` or `Name/Subspec (1.0)`, the latter a
 * part of the pod, with what each needs. Pods of a local path are the project's own code.
 */
export const podfileLock = lockfile({ id: "podfile-lock", version: 2, basenames: ["Podfile.lock"], read });

function read(text: string): FileFacts {
  const [document] = yamlDocuments(text, brokenAt);
  const pods = document?.get("PODS");
  if (document === undefined || pods === undefined) throw brokenLockfile("the file", "no PODS");
  const locked = lockedPackages("cocoapods");
  const own = localPods(document.get("EXTERNAL SOURCES"));
  const placed = sourcesIn(document);
  const needs: [string, YamlValue][] = [];
  for (const pod of itemsOf(pods)) {
    for (const [written, needed] of isMap(pod) ? pod : [[pod, ""] as const]) {
      const match = typeof written === "string" ? POD.exec(written) : null;
      if (match === null) {
        locked.unread("a pod is not a name and a version");
        continue;
      }
      const name = podOf(match[1] as string);
      if (own.has(name)) continue;
      if (!locked.has(name)) {
        locked.add(name, { name, version: match[2], fetchedFrom: placed.get(name), files: specOf(document, name) });
      }
      needs.push([name, needed]);
    }
  }
  for (const [name, needed] of needs) connect(locked, name, needed);
  for (const root of itemsOf(document.get("DEPENDENCIES"))) {
    if (typeof root === "string") locked.root(podOf(root));
  }
  return locked.facts();
}

/** Pod → repository or archive of EXTERNAL SOURCES with the commit of CHECKOUT OPTIONS, or its repository of specs. */
function sourcesIn(document: YamlMap): ReadonlyMap<string, PackageOrigin> {
  const origins = new Map<string, PackageOrigin>();
  const put = (pod: string, origin: PackageOrigin | undefined): void => {
    if (origin !== undefined) origins.set(pod, origin);
  };
  for (const [repository, pods] of mapIn(document, "SPEC REPOS")) {
    // `trunk` is the name of the public one.
    const url = repository === "trunk" ? "https://cdn.cocoapods.org/" : repository;
    for (const pod of itemsOf(pods)) if (typeof pod === "string") put(pod, originOf("registry", url));
  }
  for (const section of ["EXTERNAL SOURCES", "CHECKOUT OPTIONS"]) {
    for (const [pod, source] of mapIn(document, section)) {
      const [git, http] = [textOf(source, ":git"), textOf(source, ":http")];
      if (git !== undefined) put(pod, gitOrigin(git, textOf(source, ":commit") ?? textOf(source, ":tag") ?? ""));
      else put(pod, originOf("url", http));
    }
  }
  return origins;
}

/** The hash of the pod's specification (`SPEC CHECKSUMS`), which names what is fetched. */
function specOf(document: YamlMap, pod: string): PackageRecord["files"] {
  const checksums = document.get("SPEC CHECKSUMS");
  const hash = hexHash("sha1", textOf(checksums, pod)).hashes?.sha1;
  return hash === undefined ? undefined : { podspec: `sha1:${hash}` };
}

function mapIn(document: YamlMap, key: string): Iterable<[string, YamlValue]> {
  const value = document.get(key);
  return isMap(value) ? value : [];
}

function textOf(value: YamlValue | undefined, key: string): string | undefined {
  const text = isMap(value) ? value.get(key) : undefined;
  return typeof text === "string" ? text : undefined;
}

const POD = /^([^\s()]{1,1024}) \(([^()]{1,1024})\)$/;

/** `GoogleUtilities/UserDefaults (= 7.11.0)` → GoogleUtilities. */
function podOf(written: string): string {
  return written.split(" ", 1)[0]?.split("/", 1)[0] ?? "";
}

function connect(locked: LockedPackages, name: string, needed: YamlValue): void {
  for (const other of itemsOf(needed)) if (typeof other === "string") locked.depend(name, podOf(other));
}

function localPods(sources: YamlValue | undefined): ReadonlySet<string> {
  const local = [...(isMap(sources) ? sources : [])].filter(([, source]) => isMap(source) && isLocal(source));
  return new Set(local.map(([name]) => name));
}

function isLocal(source: YamlMap): boolean {
  return source.has(":path") || source.has(":podspec");
}

function itemsOf(value: YamlValue | undefined): readonly YamlValue[] {
  return Array.isArray(value) ? value : [];
}
