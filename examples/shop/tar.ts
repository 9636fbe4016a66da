/** One entry of a layer. Paths are relative to the image's root, without a leading slash. */
export type LayerEntry =
  | { readonly path: string; readonly text: string; readonly mode?: number }
  | { readonly path: string; readonly linkTo: string }
  /** What a lower layer brought and this one takes away: written as a whiteout. */
  | { readonly path: string; readonly removed: true };

const BLOCK = 512;

/**
 * A layer as a ustar archive (POSIX.1-2017, pax, "ustar Interchange Format"), with the folders that its entries need.
 * The same entries and time give the same bytes wherever and whenever it runs: entries are sorted, owned by root, and
 * carry the one time given.
 *
 * @param modified seconds since 1970
 */
export function layerTar(entries: readonly LayerEntry[], modified: number): Buffer {
  const blocks: Buffer[] = [];
  const folders = new Set<string>();
  const sorted = [...entries].sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const entry of sorted) {
    for (const folder of foldersAbove(entry.path)) {
      if (folders.has(folder)) continue;
      folders.add(folder);
      blocks.push(header({ name: `${folder}/`, mode: 0o755, size: 0, type: "5", modified }));
    }
    if ("removed" in entry) {
      blocks.push(header({ name: whiteout(entry.path), mode: 0o644, size: 0, type: "0", modified }));
    } else if ("linkTo" in entry) {
      blocks.push(header({ name: entry.path, mode: 0o777, size: 0, type: "2", linkTo: entry.linkTo, modified }));
    } else {
      const content = Buffer.from(entry.text);
      blocks.push(
        header({ name: entry.path, mode: entry.mode ?? 0o644, size: content.length, type: "0", modified }),
        content,
        Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK),
      );
    }
  }
  // Two empty blocks end an archive.
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

function foldersAbove(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

/** OCI image specification, layer.md, "Whiteouts". */
function whiteout(path: string): string {
  const slash = path.lastIndexOf("/") + 1;
  return `${path.slice(0, slash)}.wh.${path.slice(slash)}`;
}

interface Header {
  readonly name: string;
  readonly mode: number;
  readonly size: number;
  /** `0` a file, `2` a symbolic link, `5` a folder. */
  readonly type: "0" | "2" | "5";
  readonly linkTo?: string;
  readonly modified: number;
}

function header({ name, mode, size, type, linkTo = "", modified }: Header): Buffer {
  if (Buffer.byteLength(name) > 100 || Buffer.byteLength(linkTo) > 100)
    throw new Error(`${name}: longer than the 100 bytes that this writer puts into a header`);
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, "0");
  block.write(name, 0);
  block.write(octal(mode, 7), 100);
  block.write(octal(0, 7), 108);
  block.write(octal(0, 7), 116);
  block.write(octal(size, 11), 124);
  block.write(octal(modified, 11), 136);
  block.write("        ", 148);
  block.write(type, 156);
  block.write(linkTo, 157);
  block.write("ustar\x0000", 257);
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${octal(sum, 6)}\0 `, 148);
  return block;
}
