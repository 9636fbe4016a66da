/**
 * What was judged of the same pods before: the pods of one workload differ in their names, and are asked about one by one. Only
 * what nothing speaks against is kept, so that no finding ever names another object than its own.
 */
import { hash } from "node:crypto";
import { createRecent } from "../../core/recent.ts";
import { isObject } from "../../core/untyped.ts";
import type { ReadRequest } from "../../engines/admission/admitted.ts";
import type { AdmissionRequest } from "../../engines/admission/model.ts";
import { isMirrorPod } from "./mirror-pod.ts";
import type { GuardPolicy } from "./model.ts";

export interface RememberedPods {
  readonly admitted: ReadRequest;
  /** True: every check passed, none by an exception. False: not so, or nobody has looked. */
  readonly isClean: boolean;
  /** Of a kubelet's own. */
  readonly isMirror: boolean;
}

export interface PodMemory {
  /** Undefined for what is never the same as another: anything but a creation. */
  keyOf(request: AdmissionRequest, policy: GuardPolicy): string | undefined;
  get(key: string): RememberedPods | undefined;
  set(key: string, remembered: RememberedPods): void;
}

/** Different pods; with their images some kilobytes each. */
const PODS = 5_000;

export function createPodMemory(limit: number = PODS): PodMemory {
  const known = createRecent<string, RememberedPods>(limit);
  return {
    keyOf(request, { digest, environment = "" }) {
      const { operation, alike, kind, resource, subResource = "", namespace = "" } = request;
      if (operation !== "CREATE") return undefined;
      // Its object need not be parsed for it.
      if (alike !== undefined) return `${digest} ${environment} ${alike}`;
      const { object } = request;
      if (object === undefined) return undefined;
      const { metadata, status: _, ...rest } = object;
      const about = [digest, environment, kind, resource, subResource, namespace, isMirrorPod(request)];
      return hash("sha256", withoutChance(JSON.stringify([about, withoutName(metadata), rest])), "base64url");
    },
    get: known.get,
    set: (key, remembered) => known.set(key, remembered, 1),
  };
}

/** What of an object's own data differs from pod to pod of one workload, and is read by no check that passes. */
function withoutName(metadata: unknown): unknown {
  if (!isObject(metadata)) return metadata;
  const { name: _, generateName: __, uid: ___, creationTimestamp: ____, managedFields: _____, ...rest } = metadata;
  return rest;
}

/** The volume of its token, which the API server calls otherwise in each pod (ServiceAccount admission). */
const TOKEN_VOLUME = /kube-api-access-([a-z0-9]{5})"/g;

/** A pod with several that are called so is none of the API server's making, and stays as it is. */
function withoutChance(text: string): string {
  const names = new Set(Array.from(text.matchAll(TOKEN_VOLUME), ([, name]) => name));
  return names.size === 1 ? text.replace(TOKEN_VOLUME, 'kube-api-access"') : text;
}
