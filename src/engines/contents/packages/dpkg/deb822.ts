/**
 * The control format of Debian's package files (deb822(5)): stanzas of `Name: value` lines, ended by an empty line, as
 * dpkg reads it (`parse_stanza` in lib/dpkg/parse.c): blanks may stand before the colon, any white space at its start
 * continues a line, and the end-of-file mark of MS-DOS ends one. A status file holds some twenty fields for each package
 * and only a few are wanted, so this walks the bytes and decodes no others.
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
const CARRIAGE_RETURN = 0x0d;
/** Control and Z, the mark of MS-DOS. */
export const END_OF_FILE = 0x1a;

/**
 * @param fields - the wanted names in lower case; deb822(5) compares them without case
 * @param oneLine - those of them whose value nobody writes over several lines: dpkg takes all lines, here it is a fault
 */
export function* readStanzas(
  stored: Buffer,
  fields: readonly string[],
  oneLine: ReadonlySet<string> = new Set(),
): Generator<Stanza> {
  const bytes = stored.includes(END_OF_FILE) ? withNewlines(stored) : stored;
  const byLength: (readonly { readonly name: Buffer; readonly index: number }[] | undefined)[] = [];
  for (const [index, field] of fields.entries()) {
    byLength[field.length] = [...(byLength[field.length] ?? []), { name: Buffer.from(field), index }];
  }

  let values: (string | undefined)[] = [];
  let fault: string | undefined;
  /** The wanted field that the next lines may continue. */
  let last: string | undefined;
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
        last = undefined;
      }
    } else if (isSpace(first as number)) {
      if (last !== undefined && oneLine.has(last)) fault ??= `continues ${last} in line ${line}`;
    } else if (first === HASH) {
      // A comment to deb822(5), a field of that name to dpkg: none that is wanted.
      last = undefined;
    } else {
      if (firstLine === 0) firstLine = line;
      last = undefined;
      let colon = start;
      while (colon < end && bytes[colon] !== COLON) colon += 1;
      let nameEnd = colon;
      while (nameEnd > start && isSpace(bytes[nameEnd - 1] as number)) nameEnd -= 1;
      if (colon === end || nameEnd === start) fault ??= `has no field name in line ${line}`;
      for (const { name, index } of byLength[nameEnd - start] ?? []) {
        if (!equalsIgnoringCase(bytes, start, name)) continue;
        if (values[index] !== undefined) fault ??= `states ${fields[index]} twice in line ${line}`;
        values[index] = bytes.toString("utf8", colon + 1, end).trim();
        last = fields[index];
      }
    }
    start = end + 1;
  }
  if (firstLine > 0) yield stanza(firstLine, values, fault);
}

function stanza(line: number, values: readonly (string | undefined)[], fault: string | undefined): Stanza {
  return fault === undefined ? { line, values } : { line, values, fault };
}

/** Those of C: blank, tab, line feed, vertical tab, form feed and carriage return. */
function isSpace(byte: number): boolean {
  return byte === SPACE || (byte >= TAB && byte <= CARRIAGE_RETURN);
}

/** As dpkg takes the mark: like the end of a line. */
function withNewlines(stored: Buffer): Buffer {
  const bytes = Buffer.from(stored);
  for (let at = bytes.indexOf(END_OF_FILE); at >= 0; at = bytes.indexOf(END_OF_FILE, at + 1)) bytes[at] = NEWLINE;
  return bytes;
}

/** Field names are ASCII, where bit 5 alone tells the cases of a letter apart. */
function equalsIgnoringCase(bytes: Buffer, start: number, name: Buffer): boolean {
  for (let index = 0; index < name.length; index++) {
    const byte = bytes[start + index] as number;
    if (byte !== name[index] && (byte | 0x20) !== name[index]) return false;
  }
  return true;
}
