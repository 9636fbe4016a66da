/** Bounds of what is looked up beside images, and of what is remembered of it. */
export const bounds = {
  /** Images of one index, those of indexes within it too, whose signatures are looked for. */
  children: 100,
  /** Milliseconds that all look-ups for one reference may take. */
  imageMilliseconds: 180_000,
  /** Milliseconds that a registry is left alone once it fell silent or said that it is asked too often. */
  silenceMilliseconds: 30_000,
  /** Milliseconds that signatures which were found need not be looked for again: as long one that was taken away may count. */
  lookUpMilliseconds: 60_000,
  /** Bytes of signatures, and of what they say, that are remembered of earlier images. */
  rememberedBytes: 64 * 1024 * 1024,
  /** A file of signatures. */
  fileBytes: 64 * 1024 * 1024,
  /** Signatures in one file. */
  fileSignatures: 1_000,
} as const;
