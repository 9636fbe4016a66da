/** The patch that writes the digest behind each tag (RFC 6902). */
import { valueAt } from "../../core/untyped.ts";
import type { AdmissionRequest, Admitted, AdmittedImage, PatchOperation } from "../../engines/admission/model.ts";
import type { PinScope } from "../../engines/admission/policy-model.ts";
import type { FieldPath } from "../../engines/kubernetes/field-path.ts";

/** The images whose digests are wanted: of Pods alone, unless the policy says all. */
export function imagesToPin(
  { kind, object }: AdmissionRequest,
  { outcome, images }: Admitted,
  scope: PinScope,
): readonly AdmittedImage[] {
  const isPod = kind.group === "" && kind.kind === "Pod";
  if (outcome !== "judge" || scope === "off" || (scope === "pods" && !isPod)) return [];
  // Of what stands within another object the path begins there.
  return images.filter(
    ({ changed, reference, path }) => changed && reference !== "" && valueAt(object, path) === reference,
  );
}

/**
 * Each image in its own place, guarded by a test of what stands there: of an object that somebody else has changed meanwhile
 * nothing is replaced.
 *
 * @param pinned - reference as written → `name:tag@digest`
 */
export function pinPatch(images: readonly AdmittedImage[], pinned: ReadonlyMap<string, string>): PatchOperation[] {
  return images.flatMap(({ reference, path }): PatchOperation[] => {
    const value = pinned.get(reference);
    if (value === undefined || value === reference) return [];
    const pointer = pointerOf(path);
    return [
      { op: "test", path: pointer, value: reference },
      { op: "replace", path: pointer, value },
    ];
  });
}

/** RFC 6901. */
function pointerOf(path: FieldPath): string {
  return path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
