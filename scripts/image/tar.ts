/** Archives that are the same for the same content: sorted, owned by numbers, without times (POSIX ustar). */

export type ArchiveEntry =
  | { readonly type: "directory"; readonly mode: number; readonly owner?: number }
  | { readonly type: "file"; readonly mode: number; readonly bytes: Buffer }
  | { readonly type: "symlink"; readonly target: string };

/** Paths without a leading slash: `usr/bin/node`. */
export type Archive = ReadonlyMap<string, ArchiveEntry>;

const BLOCK = 512;
const FLAGS = { file: "0", symlink: "2", directory: "5" } as const;

/** Names over 100 bytes go into the prefix field. @throws Error where a name fits into neither */
export function tarOf(archive: Archive): Buffer {
  const pieces: Buffer[] = [];
  for (const [path, entry] of [...archive].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const bytes = entry.type === "file" ? entry.bytes : Buffer.alloc(0);
    pieces.push(headerOf(path, entry, bytes.length), bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK));
  }
  return Buffer.concat([...pieces, Buffer.alloc(2 * BLOCK)]);
}

function headerOf(path: string, entry: ArchiveEntry, size: number): Buffer {
  const header = Buffer.alloc(BLOCK);
  const { prefix, name } = splitName(entry.type === "directory" ? `${path}/` : path);
  const owner = entry.type === "directory" ? (entry.owner ?? 0) : 0;
  header.write(name, 0, "utf8");
  header.write(`${octal(entry.type === "symlink" ? 0o777 : entry.mode, 7)}\0`, 100);
  header.write(`${octal(owner, 7)}\0${octal(owner, 7)}\0${octal(size, 11)}\0${octal(0, 11)}\0`, 108);
  header.write(" ".repeat(8), 148);
  header.write(FLAGS[entry.type], 156);
  if (entry.type === "symlink") header.write(entry.target, 157, "utf8");
  header.write("ustar\x0000", 257);
  header.write(prefix, 345, "utf8");
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${octal(sum, 6)}\0 `, 148);
  return header;
}

function splitName(path: string): { prefix: string; name: string } {
  if (Buffer.byteLength(path) <= 100) return { prefix: "", name: path };
  for (let at = path.indexOf("/"); at > 0; at = path.indexOf("/", at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)];
    if (Buffer.byteLength(prefix) <= 155 && Buffer.byteLength(name) <= 100) return { prefix, name };
  }
  throw new Error(`${path}: the name is too long for a tar archive`);
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, "0");
}
