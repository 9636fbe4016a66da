import { isMap, type YamlMap, type YamlValue, yamlDocuments } from "../../../../formats/yaml/texts.ts";
import type { FileFacts } from "../../model.ts";
import { type LockedPackages, lockedPackages } from "../locked.ts";
import { brokenAt, brokenLockfile, lockfile } from "../lockfile.ts";

/**
 * Podfile.lock of CocoaPods (CocoaPods/Core, `lockfile.rb`): PODS are `Name (1.0)` or `Name/Subspec (1.0)`, the latter a
 * part of the pod, with what each needs. Pods of a local path are the project's own code.
 */
export const podfileLock = lockfile({ id: "podfile-lock", version: 1, basenames: ["Podfile.lock"], read });

function read(text: string): FileFacts {
  const [document] = yamlDocuments(text, brokenAt);
  const pods = document?.get("PODS");
  if (document === undefined || pods === undefined) throw brokenLockfile("the file", "no PODS");
  const locked = lockedPackages("cocoapods");
  const own = localPods(document.get("EXTERNAL SOURCES"));
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
      if (!locked.has(name)) locked.add(name, { name, version: match[2] });
      needs.push([name, needed]);
    }
  }
  for (const [name, needed] of needs) connect(locked, name, needed);
  for (const root of itemsOf(document.get("DEPENDENCIES"))) {
    if (typeof root === "string") locked.root(podOf(root));
  }
  return locked.facts();
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
