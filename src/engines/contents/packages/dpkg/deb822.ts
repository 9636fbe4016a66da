/**
 * The control format of Debian's package files (deb822(5)): stanzas of `Name: value` lines, ended by an empty line.
 * A status file holds some twenty fields for each package and only a few are wanted, so this walks the bytes and
 * decodes no others.
 */
export interface Stanza {
  /** Of its first field, from 1. */
  readonly line: number;
  /** One for each wanted field, in their order: its first line, trimmed. Undefined where it is not stated. */
  readonly values: readonly (string | undefined)[];
  /** Why it cannot be trusted: what dpkg itself refuses, as the end of a sentence about the stanza. */
  readonly fault?: string;
}

const NEWLINE = 0x0a;
const COLON = 0x3a;
const SPACE = 0x20;
const TAB = 0x09;
const HASH = 0x23;

/** @param fields - the wanted names in lower case; deb822(5) compares them without case */
export function* readStanzas(bytes: Buffer, fields: readonly string[]): Generator<Stanza> {
  const byLength: (readonly { readonly name: Buffer; readonly index: number }[] | undefined)[] = [];
  for (const [index, field] of fields.entries()) {
    byLength[field.length] = [...(byLength[field.length] ?? []), { name: Buffer.from(field), index }];
  }

  let values: (string | undefined)[] = [];
  let fault: string | undefined;
  let firstLine = 0;
  let line = 0;
  let start = 0;
  while (start < bytes.length) {
    line += 1;
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline;
    const first = bytes[start];
    if (start === end) {
      if (firstLine > 0) {
        yield stanza(firstLine, values, fault);
        values = [];
        fault = undefined;
        firstLine = 0;
      }
    } else if (first !== SPACE && first !== TAB && first !== HASH) {
      if (firstLine === 0) firstLine = line;
      let colon = start;
      while (colon < end && bytes[colon] !== COLON) colon += 1;
      if (colon === end || colon === start) fault ??= `has no field name in line ${line}`;
      for (const { name, index } of byLength[colon - start] ?? []) {
        if (!equalsIgnoringCase(bytes, start, name)) continue;
        if (values[index] !== undefined) fault ??= `states ${fields[index]} a second time in line ${line}`;
        values[index] = bytes.toString("utf8", colon + 1, end).trim();
      }
    }
    start = end + 1;
  }
  if (firstLine > 0) yield stanza(firstLine, values, fault);
}

function stanza(line: number, values: readonly (string | undefined)[], fault: string | undefined): Stanza {
  return fault === undefined ? { line, values } : { line, values, fault };
}

/** Field names are ASCII, where bit 5 alone tells the cases of a letter apart; `name` holds only letters. */
function equalsIgnoringCase(bytes: Buffer, start: number, name: Buffer): boolean {
  for (let index = 0; index < name.length; index++) {
    if (((bytes[start + index] as number) | 0x20) !== name[index]) return false;
  }
  return true;
}
