/** Blocks of captures by type (libs, `scap_savefile.h`); those over 0x80000000 are from before its first release. */

export const SECTION = 0x0a0d_0d0a;
export const SECTION_MAGIC = 0x1a2b_3c4d;
export const SECTION_MAGIC_BIG_ENDIAN = 0x4d3c_2b1a;

/** Bytes of a block's type and length, and of the length again at its end. */
export const HEADER_BYTES = 8;
export const TRAILER_BYTES = 4;

export type BlockContent =
  | { readonly kind: "section" }
  | { readonly kind: "machine" }
  | { readonly kind: "interfaces"; readonly entryLengths: boolean }
  | { readonly kind: "users"; readonly entryLengths: boolean }
  /** @member version - 1 to 9; entries of 9 say their length */
  | { readonly kind: "processes"; readonly version: number }
  | { readonly kind: "descriptors"; readonly entryLengths: boolean }
  /** @member counted - the event says how many parameters it has */
  | { readonly kind: "event"; readonly counted: boolean; readonly flags: boolean; readonly large: boolean };

const event = (counted: boolean, flags: boolean, large: boolean): BlockContent => ({
  kind: "event",
  counted,
  flags,
  large,
});

export const blockTypes: ReadonlyMap<number, BlockContent> = new Map<number, BlockContent>([
  [SECTION, { kind: "section" }],
  [0x201, { kind: "machine" }],
  [0x8002_abcd, { kind: "machine" }],
  [0x202, { kind: "processes", version: 1 }],
  [0x8000_abcd, { kind: "processes", version: 1 }],
  [0x207, { kind: "processes", version: 2 }],
  [0x8013_abcd, { kind: "processes", version: 2 }],
  [0x209, { kind: "processes", version: 3 }],
  [0x8014_abcd, { kind: "processes", version: 3 }],
  [0x210, { kind: "processes", version: 4 }],
  [0x211, { kind: "processes", version: 5 }],
  [0x212, { kind: "processes", version: 6 }],
  [0x213, { kind: "processes", version: 7 }],
  [0x214, { kind: "processes", version: 8 }],
  [0x215, { kind: "processes", version: 9 }],
  [0x203, { kind: "descriptors", entryLengths: false }],
  [0x8001_abcd, { kind: "descriptors", entryLengths: false }],
  [0x218, { kind: "descriptors", entryLengths: true }],
  [0x205, { kind: "interfaces", entryLengths: false }],
  [0x8011_abcd, { kind: "interfaces", entryLengths: false }],
  [0x219, { kind: "interfaces", entryLengths: true }],
  [0x206, { kind: "users", entryLengths: false }],
  [0x8012_abcd, { kind: "users", entryLengths: false }],
  [0x220, { kind: "users", entryLengths: true }],
  [0x204, event(false, false, false)],
  [0x8010_abcd, event(false, false, false)],
  [0x208, event(false, true, false)],
  [0x216, event(true, false, false)],
  [0x217, event(true, true, false)],
  [0x221, event(true, false, true)],
  [0x222, event(true, true, true)],
]);
