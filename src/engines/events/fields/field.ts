/**
 * A field of an event, as conditions and outputs name it: `proc.aname[2]`, `fd.name`, `ka.verb`. One definition serves the
 * compiler, the outputs, the documentation and the list of what is covered.
 */
import type { EventSource } from "../model.ts";

/**
 * What a field's value is. Texts are **byte strings**: each character is one byte, 0 to 255, as the kernel gave it (names of
 * files need not be UTF-8); literals of rules are made byte strings when they are compiled, and `shownText` makes one
 * readable. Addresses are byte strings of 4 or 16 characters. A list is an array of the one type. Absent is `undefined`,
 * and no field ever gives null or an empty array for it.
 */
export type Value = string | number | bigint | boolean | readonly (string | number | bigint)[];

export type FieldType =
  | "text"
  /** A text that is a path: `pmatch` and path rules apply. */
  | "path"
  /** Bytes that nobody should read as text; only `bcontains`, `bstartswith` and `exists` apply. */
  | "bytes"
  /** Whole and at most 2^53 in size. */
  | "number"
  /** Nanoseconds, inode numbers, masks: a bigint. */
  | "big"
  /** Signed fraction. */
  | "fraction"
  | "boolean"
  /** A port; conditions may name a service (`http`). */
  | "port"
  /** `4 or 16 bytes` */
  | "address"
  /** An address that conditions hold against networks: `fd.net in (10.0.0.0/8)`. */
  | "network";

/** What a value stays the same for: the evaluator keeps what a comparison came to for just as long. */
export type FieldScope =
  /** Until the event's thread, or a thread above it, executes a program or changes (see `Thread.invalidate`). */
  | "thread"
  /** For the same `fd.name` text of files that are open, and the same of what was not opened: nothing else is kept by it. */
  | "path"
  | "event"
  /** For good: `evt.source`, `evt.hostname`. */
  | "constant";

export interface FieldArgument {
  /** `none`: `[…]` is an error; `optional`; `required`. */
  readonly presence: "optional" | "required";
  /** `index`: a whole number from 0 (`proc.aname[2]`, `evt.arg[0]`); `key`: any text (`evt.arg[flags]`, `evt.arg.flags`). */
  readonly kind: "index" | "key" | "either";
}

/** Reads the value of an event; must not keep the event, which the next one overwrites. */
export type Extract<Event> = (event: Event) => Value | undefined;

export interface Field<Event> {
  /** Without its argument: `proc.aname`. A name that ends in `.` takes what follows as its argument: `evt.arg.`. */
  readonly name: string;
  readonly source: EventSource | "any";
  readonly type: FieldType;
  /** Where the argument decides it (`evt.rawarg.flags`); absent: `type`. */
  typeOf?(argument: string | undefined): FieldType;
  /** The value is a list: `in` needs each member, `intersects` one; comparisons with one value are refused by the compiler. */
  readonly list?: true;
  /** Two values of which one is enough (`fd.ip`, `fd.port`, `fd.net`: either end); `!=` needs both. Given as an array. */
  readonly either?: true;
  /**
   * Without its argument it is several values, given as an array, and a comparison holds when it holds of one of them, `!=`
   * too: `proc.aname = sshd` asks every ancestor. With an argument it is one value.
   */
  readonly any?: true;
  readonly argument?: FieldArgument;
  readonly scope: FieldScope;
  /** One sentence, for docs/reference and `runtime rules check`. */
  readonly description: string;
  /** Cannot stand in a condition. */
  readonly outputOnly?: true;
  /** Upstream names it so and nothing else: kept for old rules; named in a warning with what to write. */
  readonly deprecated?: string;
  /**
   * How it is read, for one argument, checked beforehand.
   *
   * @throws Error in one sentence where the argument means nothing to the field
   */
  bind(argument: string | undefined): Extract<Event>;
  /** How an output shows the value; absent: by its type (numbers in decimal, addresses in their usual form…). */
  show?(value: Value): string;
}
