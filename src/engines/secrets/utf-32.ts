/** UTF-32 as UTF-8, for the platform's decoder does not know it. What comes in pieces is decoded as a whole would be. */
export function utf32Decoder(endian: "le" | "be"): (bytes: Buffer) => Buffer {
  let rest: Buffer = Buffer.alloc(0);
  return (bytes) => {
    const whole = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    const end = whole.length & ~3;
    rest = whole.subarray(end);
    const pieces: string[] = [];
    for (let at = 0; at < end; at += 4) {
      const code = endian === "le" ? whole.readUInt32LE(at) : whole.readUInt32BE(at);
      if (code === MARK && at === 0) continue;
      pieces.push(code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? "\ufffd" : String.fromCodePoint(code));
    }
    return Buffer.from(pieces.join(""));
  };
}

const MARK = 0xfeff;
