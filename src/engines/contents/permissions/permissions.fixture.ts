/** For tests. */

/** The value of `security.capability`: version 3 where it has a root id, else 2. */
export function capabilityAttribute(
  permitted: readonly number[],
  {
    inheritable = [],
    effective = true,
    rootId,
  }: { readonly inheritable?: readonly number[]; readonly effective?: boolean; readonly rootId?: number } = {},
): Buffer {
  const bytes = Buffer.alloc(rootId === undefined ? 20 : 24);
  bytes.writeUInt32LE((rootId === undefined ? 0x02000000 : 0x03000000) + (effective ? 1 : 0), 0);
  const set = (bits: readonly number[], first: number): void => {
    for (const bit of bits) {
      const at = first + (bit >= 32 ? 8 : 0);
      bytes.writeUInt32LE((bytes.readUInt32LE(at) | (1 << (bit % 32))) >>> 0, at);
    }
  };
  set(permitted, 4);
  set(inheritable, 8);
  if (rootId !== undefined) bytes.writeUInt32LE(rootId, 20);
  return bytes;
}
