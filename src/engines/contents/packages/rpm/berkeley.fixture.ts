const PAGE = 512;

/**
 * For tests: a Berkeley DB hash database with rpm's records, keyed by their numbers from 1 and with the counter under
 * 0: one on each hash page, in place or, where it is too long, in overflow pages behind it.
 */
export function berkeleyFile(values: readonly Buffer[], order: "little" | "big" = "little"): Buffer {
  const little = order === "little";
  const put16 = (page: Buffer, value: number, at: number) =>
    little ? page.writeUInt16LE(value, at) : page.writeUInt16BE(value, at);
  const put32 = (page: Buffer, value: number, at: number) =>
    little ? page.writeUInt32LE(value, at) : page.writeUInt32BE(value, at);
  const pages: Buffer[] = [];
  const newPage = (type: number): Buffer => {
    const page = Buffer.alloc(PAGE);
    put32(page, pages.length, 8);
    page[25] = type;
    pages.push(page);
    return page;
  };
  const number = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    put32(bytes, value, 0);
    return bytes;
  };

  const metadata = newPage(8);
  put32(metadata, 0x061561, 12);
  put32(metadata, 9, 16);
  put32(metadata, PAGE, 20);
  // A page of no use, as deletions leave them.
  newPage(0);
  for (const [index, value] of [number(values.length), ...values].entries()) {
    const page = newPage(13);
    const inPlace = value.length <= 400;
    const item = inPlace ? Buffer.concat([Buffer.from([1]), value]) : Buffer.alloc(12);
    if (!inPlace) {
      item[0] = 3;
      put32(item, pages.length, 4);
      put32(item, value.length, 8);
      for (let at = 0; at < value.length; at += PAGE - 26) {
        const part = value.subarray(at, at + PAGE - 26);
        const overflow = newPage(7);
        if (at + part.length < value.length) put32(overflow, pages.length, 16);
        put16(overflow, part.length, 22);
        part.copy(overflow, 26);
      }
    }
    const key = Buffer.concat([Buffer.from([1]), number(index)]);
    put16(page, 2, 20);
    put16(page, PAGE - key.length, 26);
    put16(page, PAGE - key.length - item.length, 28);
    key.copy(page, PAGE - key.length);
    item.copy(page, PAGE - key.length - item.length);
  }
  put32(metadata, pages.length - 1, 32);
  return Buffer.concat(pages);
}
