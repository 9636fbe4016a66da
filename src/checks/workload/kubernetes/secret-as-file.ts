/** A Secret's key as a file in place of a variable: the patches, and how much is known of the program that reads it. */

import type { FieldPatch } from "../../../core/finding.ts";
import { splitImageName } from "../../../core/image-name.ts";
import { trimEndOf } from "../../../core/trim.ts";
import type { KeyReference, PlacedContainer, Volume, Workload } from "../../../engines/kubernetes/model.ts";
import type { FieldFix } from "../../findings/kubernetes-finding.ts";
import { fileVariable } from "../../knowledge/secret-files.ts";

/** Where they are mounted: what `docker secret` made the habit, and read-only. */
const FOLDER = "/run/secrets";
/** What a file's name may hold to stand in a path as it is. */
const PLAIN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,100}$/;

/**
 * Paths are from the pod. Volumes and mounts that are there already are used; of several variables of one Secret each call makes
 * what it needs, so that `taken` keeps one volume or mount from being made twice.
 *
 * @param taken - names of volumes and `container volume` that a fix of the same text makes already: undefined is answered, and the
 *   next round has them
 */
export function secretAsFile(
  { pod }: Workload,
  { container, path }: PlacedContainer,
  index: number,
  reference: KeyReference,
  taken: Set<string>,
): FieldFix | undefined {
  const { name: secret, key } = reference;
  const variable = container.env[index]?.name ?? "";
  // An init container that is gone has no files; a debug container's list is not ours to write.
  if (path[0] === "ephemeralContainers" || !PLAIN.test(secret) || !PLAIN.test(key) || reference.optional === true)
    return undefined;
  const known = pod.volumes.find((volume) => showsWhole(volume, secret));
  const volume = known?.name ?? volumeName(secret);
  if (known === undefined && (taken.has(volume) || pod.volumes.some(({ name }) => name === volume))) return undefined;
  const mount = container.volumeMounts.find((one) => one.name === volume && isWhole(one));
  const folder = mount?.mountPath ?? `${FOLDER}/${secret}`;
  const mountKey = `${path.join(".")} ${volume}`;
  if (mount === undefined && (taken.has(mountKey) || container.volumeMounts.some((one) => one.mountPath === folder))) {
    return undefined;
  }
  const other = fileVariable(splitImageName(container.image ?? ""), variable);
  const to = other ?? `${variable}_FILE`;
  if (container.env.some(({ name }) => name === to)) return undefined;
  const env = [...path, "env", index];
  const patches: FieldPatch[] = [
    { path: [...env, "name"], op: "set", value: to },
    { path: [...env, "valueFrom"], op: "remove" },
    { path: [...env, "value"], op: "set", value: `${folder}/${key}` },
  ];
  if (mount === undefined) {
    taken.add(mountKey);
    patches.push({
      path: [...path, "volumeMounts"],
      op: "add",
      value: { name: volume, mountPath: folder, readOnly: true },
    });
  }
  if (known === undefined) {
    taken.add(volume);
    patches.push({ path: ["volumes"], op: "add", value: { name: volume, secret: { secretName: secret } } });
  }
  return {
    text: `mount the Secret as a file and name it by ${to}${other === undefined ? ", if the program reads that variable" : ""}`,
    patches,
    graded:
      other === undefined
        ? { grade: "needs knowledge", reason: "whether the program reads a file is not in the manifest" }
        : undefined,
  };
}

/** All keys, under their own names. */
function showsWhole({ secret }: Volume, name: string): boolean {
  return secret?.name === name && secret.items.length === 0 && secret.optional !== true;
}

function isWhole({ subPath, subPathExpr, mountPath }: PlacedContainer["container"]["volumeMounts"][number]): boolean {
  return subPath === undefined && subPathExpr === undefined && mountPath !== undefined;
}

/** A DNS label of at most 63 characters (Kubernetes API reference, Volume, `name`). */
function volumeName(secret: string): string {
  return trimEndOf(`secret-${secret.toLowerCase().replace(/[^a-z0-9-]/g, "-")}`.slice(0, 63), "-");
}
