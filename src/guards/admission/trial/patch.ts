/** RFC 6902, of the operations that the guard answers with. */
import { Problem } from "../../../core/problem.ts";
import { isObject } from "../../../core/untyped.ts";
import type { PatchOperation } from "../../../engines/admission/model.ts";

type Whole = Readonly<Record<string, unknown>>;

/**
 * The object with all of the operations, as the API server applies them; the one that is given stays as it is.
 *
 * @throws Problem `admission.patch` where one does not fit: a test that fails, or a path that leads nowhere
 */
export function applyPatch(object: Whole, operations: readonly PatchOperation[]): Whole {
  return operations.reduce<Whole>((held, operation) => {
    const steps = operation.path
      .split("/")
      .slice(1)
      .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
    return changed(held, steps, operation) as Whole;
  }, object);
}

function changed(value: unknown, [step, ...rest]: readonly string[], operation: PatchOperation): unknown {
  const { op, value: wanted } = operation;
  if (step === undefined) {
    if (op === "test" && JSON.stringify(value) !== JSON.stringify(wanted)) throw refused(operation, "the test fails");
    return op === "test" ? value : wanted;
  }
  if (Array.isArray(value)) {
    const index = step === "-" && op === "add" ? value.length : /^(?:0|[1-9]\d*)$/.test(step) ? Number(step) : -1;
    const isNew = rest.length === 0 && op === "add";
    if (index < 0 || index > value.length || (index === value.length && !isNew))
      throw refused(operation, "no such place");
    if (isNew) return value.toSpliced(index, 0, wanted);
    return value.with(index, changed(value[index], rest, operation));
  }
  if (!isObject(value)) throw refused(operation, "no such place");
  const isThere = Object.hasOwn(value, step);
  if (!isThere && (rest.length > 0 || op !== "add")) throw refused(operation, "no such place");
  return { ...value, [step]: changed(value[step], rest, operation) };
}

function refused({ op, path }: PatchOperation, cause: string): Problem {
  return new Problem({ kind: "input", code: "admission.patch", place: `${op} ${path}`, cause });
}
