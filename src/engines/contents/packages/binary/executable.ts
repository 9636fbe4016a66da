/** As much of a program file as finding its embedded facts takes. Every part is a view of the file's own bytes. */
export interface Executable {
  /** A section's content; undefined where there is none of the name, or the file does not hold all of it. */
  section(name: string): Buffer | undefined;
  /** A section's content where its address is mapped, which need not be the place in the file that it states. ELF alone. */
  loaded?(name: string): Buffer | undefined;
  /** What is loaded writable, as far as the file holds it: where Go's linker puts what has no section of its own. */
  data(): Buffer | undefined;
  /** From a virtual address to the end of what was mapped with it; undefined where nothing is. */
  at(address: number): Buffer | undefined;
}

/** A range of the file and where it is loaded. */
export interface Mapping {
  readonly address: number;
  readonly content: Buffer;
}

/** A look at the first bytes alone: ELF, PE ("MZ"), Mach-O of either width and byte order, or a universal file. */
export function looksExecutable(first: Buffer): boolean {
  if (first.length < 8) return false;
  if (first[0] === 0x4d && first[1] === 0x5a) return true;
  const magic = first.readUInt32BE(0);
  // Java classes begin like universal files; there the second number is their version, from 45 on.
  if (magic === UNIVERSAL_MAGIC) return first.readUInt32BE(4) <= UNIVERSAL_MOST_SLICES;
  return magic === ELF_MAGIC || MACHO_MAGICS.has(magic);
}

export const ELF_MAGIC = 0x7f454c46;
export const UNIVERSAL_MAGIC = 0xcafebabe;
/** Slices of a universal file that are looked at; real ones have two or three. */
export const UNIVERSAL_MOST_SLICES = 16;
/** Read as big-endian: 32 and 64 bits, of either byte order. */
const MACHO_MAGICS: ReadonlySet<number> = new Set([0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe]);

/** For `at`: the first mapping that holds the address. */
export function mappedAt(mappings: readonly Mapping[], address: number): Buffer | undefined {
  for (const mapping of mappings) {
    const offset = address - mapping.address;
    if (offset >= 0 && offset < mapping.content.length) return mapping.content.subarray(offset);
  }
  return undefined;
}
