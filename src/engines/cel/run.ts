/** What an expression becomes: functions that call one another over one frame. */
import type { Value } from "./model.ts";
import { Failure, failed, type Meter, typeOf } from "./values.ts";

export interface Frame extends Meter {
  readonly variables: Readonly<Record<string, unknown>>;
  readonly read: Map<string, Value>;
  /** Of loops, the innermost last. */
  readonly locals: Value[];
}

export type Run = (frame: Frame) => Value | Failure;

export function one(run: Run, work: (value: Value, frame: Frame) => Value | Failure): Run {
  return (frame) => {
    const value = run(frame);
    return value instanceof Failure ? value : work(value, frame);
  };
}

export function both(left: Run, right: Run, work: (a: Value, b: Value, frame: Frame) => Value | Failure): Run {
  return (frame) => {
    const a = left(frame);
    if (a instanceof Failure) return a;
    const b = right(frame);
    return b instanceof Failure ? b : work(a, b, frame);
  };
}

/** What decides it decides it whatever else fails: `false && error` is false on either side. */
export function logical(parts: readonly Run[], decides: boolean): Run {
  return (frame) => {
    let failure: Failure | undefined;
    for (const part of parts) {
      const value = asTruth(part(frame));
      if (value === decides) return decides;
      if (value instanceof Failure) failure = failed(failure, value);
    }
    return failure ?? !decides;
  };
}

export function choice(when: Run, then: Run, otherwise: Run): Run {
  return one(when, (value, frame) => {
    if (typeof value !== "boolean") return new Failure(`no such overload: ${typeOf(value)} ? … : …`);
    return value ? then(frame) : otherwise(frame);
  });
}

export function asTruth(value: Value | Failure): boolean | Failure {
  if (typeof value === "boolean" || value instanceof Failure) return value;
  return new Failure(`no such overload: ${typeOf(value)} as bool`);
}
