/** What a patch does to plain data: what its text must say once it is patched. */
import { isDeepStrictEqual } from "node:util";
import type { FieldPatch } from "../../../core/finding.ts";

type Step = string | number;

/** Why a patch cannot be made: one sentence without a full stop. */
export interface PatchRefusal {
  readonly refused: string;
}

export interface PatchedValue {
  readonly value: unknown;
}

/** The data with the patch made, a copy as far as it changes; what a step of the path is missing is made. */
export function patchedValue(value: unknown, { path, op, value: given }: FieldPatch): PatchedValue | PatchRefusal {
  return changed(value, path, (old) => {
    switch (op) {
      case "set":
        return given;
      case "remove":
        return REMOVED;
      case "add":
        if (old === undefined || old === null) return [given];
        if (!Array.isArray(old)) throw refusal("not a list");
        return old.some((item) => isDeepStrictEqual(item, given)) ? old : [...old, given];
    }
  });
}

const REMOVED = Symbol("removed");

class Refused extends Error {}

function refusal(reason: string): Refused {
  return new Refused(reason);
}

function changed(root: unknown, path: readonly Step[], change: (old: unknown) => unknown): PatchedValue | PatchRefusal {
  try {
    const value = within(root, path, change);
    return value === REMOVED ? { refused: "the whole object" } : { value };
  } catch (error) {
    if (error instanceof Refused) return { refused: error.message };
    throw error;
  }
}

function within(old: unknown, [step, ...rest]: readonly Step[], change: (old: unknown) => unknown): unknown {
  if (step === undefined) return change(old);
  if (Array.isArray(old)) {
    if (typeof step !== "number") throw refusal("a list has no fields");
    if (step >= old.length) {
      if (change(undefined) === REMOVED) return old;
      throw refusal("no such item");
    }
    const item = within(old[step], rest, change);
    return item === REMOVED ? old.toSpliced(step, 1) : old.with(step, item);
  }
  const isMissing = old === undefined || old === null;
  if (!isMissing && typeof old !== "object") throw refusal("a single value has no fields");
  if (typeof step === "number") {
    if (isMissing && change(undefined) === REMOVED) return old;
    throw refusal("no such item");
  }
  if (step === "__proto__") throw refusal("a field of that name is not written");
  const fields: Record<string, unknown> = isMissing ? {} : (old as Record<string, unknown>);
  if (!Object.hasOwn(fields, step) && change(undefined) === REMOVED) return old;
  const inner = within(Object.hasOwn(fields, step) ? fields[step] : undefined, rest, change);
  if (inner !== REMOVED) return { ...fields, [step]: inner };
  const { [step]: _gone, ...left } = fields;
  return left;
}
