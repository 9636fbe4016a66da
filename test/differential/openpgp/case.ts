/** One case: a key ring and a message, as bytes that can be kept and made small. */
export interface SignedCase {
  readonly keyring: Buffer;
  readonly message: Buffer;
}

/** The key ring's length in four octets, the key ring, the message. */
export function packCase({ keyring, message }: SignedCase): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(keyring.length);
  return Buffer.concat([length, keyring, message]);
}

export function unpackCase(bytes: Buffer): SignedCase {
  const length = bytes.length < 4 ? 0 : bytes.readUInt32BE();
  return { keyring: bytes.subarray(4, 4 + length), message: bytes.subarray(4 + length) };
}
