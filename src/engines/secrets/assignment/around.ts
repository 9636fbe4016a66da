/** Which forms a value may be given in, told by a few bytes around its name: most names that are met are given none. */
import { isBlank, isQuote } from "./bytes.ts";
import { FLAG, FORMS, type Form, MAY_QUOTE } from "./forms.ts";

/** A form whose bytes are looked up: by their values, and behind them whether there may be none. */
export interface PreparedForm extends Form {
  readonly behinds: Uint8Array;
  readonly aheads: Uint8Array;
}

const NO_BYTE = 256;

function tableOf(expression: RegExp | undefined): Uint8Array {
  const characters = Array.from({ length: NO_BYTE }, (_, byte) => String.fromCharCode(byte));
  return Uint8Array.from([...characters, ""], (text) => (expression?.test(text) === false ? 0 : 1));
}

function prepared(form: Form): PreparedForm {
  return { ...form, behinds: tableOf(form.behind), aheads: tableOf(form.ahead) };
}

const all = FORMS.map(prepared);
export const PREPARED_FLAG = prepared(FLAG);

/** First byte behind the name → the forms that it may be of, in their order. */
export const FORMS_OF: readonly (readonly PreparedForm[])[] = Array.from({ length: NO_BYTE }, (_, byte) =>
  all.filter(({ first }) => first.includes(String.fromCharCode(byte))),
);

const QUOTING = tableOf(MAY_QUOTE);

/** Whether a value in quotes may begin there, with what stands before it. */
export function mayQuote(bytes: Buffer, at: number): boolean {
  return QUOTING[at < bytes.length ? (bytes[at] as number) : NO_BYTE] === 1;
}

/** Blanks that are passed over: more than any form has. */
const MOST_BLANKS = 48;
const OPENING_BRACKET = 0x28;
const OPENING_BRACE = 0x7b;

/** What `behind` is about. @returns a byte, or what stands for none */
export function byteBefore(bytes: Buffer, nameStart: number): number {
  let at = nameStart - 1;
  for (const least = at - MOST_BLANKS; at > least && at >= 0 && isBlank(bytes[at] as number); ) at -= 1;
  return at < 0 ? NO_BYTE : (bytes[at] as number);
}

/** What `ahead` is about. @returns a byte, or what stands for none */
export function byteAfter(bytes: Buffer, nameEnd: number): number {
  const next = bytes[nameEnd];
  const at = afterBlanks(bytes, next === OPENING_BRACKET || next === OPENING_BRACE ? nameEnd + 1 : nameEnd);
  return at < bytes.length ? (bytes[at] as number) : NO_BYTE;
}

/** Whether an operator, or the beginning of a call or block that has a value, stands behind the name and what closes it. */
export function isOperated(bytes: Buffer, nameEnd: number): boolean {
  let at = nameEnd;
  for (const most = at + MOST_CLOSING; at < most && closes(bytes[at]); ) at += 1;
  at = afterBlanks(bytes, at);
  const next = bytes[at + 1];
  switch (bytes[at]) {
    case 0x3a: // :
    case 0x3d: // =
      return true;
    case 0x7c: // ||
      return next === 0x7c;
    case 0x3f: // ??, ?=, ?:
      return next === 0x3f || next === 0x3d || next === 0x3a;
    case 0x2e: // .=
    case 0x2b: // +=
      return next === 0x3d;
    case 0x2d: // ->
      return next === 0x3e;
    case 0x3c: // <-, <<-
      return next === 0x2d || next === 0x3c;
    case 0x6f: // or
      return next === 0x72;
    default:
      return false;
  }
}

/** Backslashes, a quote and brackets. */
const MOST_CLOSING = 6;

function closes(byte: number | undefined): boolean {
  return byte !== undefined && (isQuote(byte) || byte === 0x5c || byte === 0x5d || byte === 0x29);
}

function afterBlanks(bytes: Buffer, from: number): number {
  let at = from;
  for (const most = from + MOST_BLANKS; at < most && at < bytes.length && isBlank(bytes[at] as number); ) at += 1;
  return at;
}
